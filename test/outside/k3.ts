/**
 * K3: Redis emptied again and again under load costs nothing that was answered, and no reconnect.
 */

import {
  caughtUp,
  clientFaults,
  compareConversation,
  compareInboxes,
  poisonCount,
  totals,
} from "./compare.ts";
import { startTraffic } from "./traffic.ts";
import { inParallel, until, wait } from "../support/pace.ts";
import { openRedis, openSql, runName, scaled, type Target } from "./target.ts";

const flushForMs = 20_000;
const flushEveryMs = 200;
const healedWithinMs = 70_000;

export async function run(target: Target): Promise<string[]> {
  const sql = openSql(target);
  const redis = openRedis(target);
  const traffic = await startTraffic(target, runName("k3"), {
    pairs: 5,
    groupSize: 20,
    groupSenders: 5,
    perSecond: 10,
  });
  const poisonBefore = await poisonCount(sql);
  try {
    const startMs = performance.now();
    let flushes = 0;
    await wait(1000);
    while (performance.now() - startMs < scaled(target, flushForMs) + 1000) {
      await redis.send("FLUSHALL", []);
      flushes += 1;
      await wait(flushEveryMs);
    }
    const lastFlushMs = performance.now();
    await traffic.stop();
    const answeredMs = performance.now() - lastFlushMs;
    const leftMs = healedWithinMs - answeredMs;
    const failures = await caughtUp(sql, traffic.followers, leftMs);
    const healedMs = performance.now() - lastFlushMs;
    for (const expected of traffic.expectations()) {
      failures.push(...(await compareConversation(sql, expected)));
    }
    const poison = (await poisonCount(sql)) - poisonBefore;
    if (poison > 0) failures.push(`${poison} records were set aside as poison`);
    failures.push(...(await compareInboxes(sql, traffic.followers)));
    failures.push(...clientFaults(traffic.followers), ...traffic.refusals);
    failures.push(...traffic.followers.flatMap((one) => one.losses));
    let backlog = -1;
    const empty = async (): Promise<boolean> => {
      backlog = Number(await redis.send("XLEN", ["{linnet}:stream"]));
      return backlog === 0;
    };
    if (!(await until(empty, 5000))) failures.push(`XLEN of the stream is ${backlog}`);
    console.log(
      `k3: ${flushes} flushes, ${traffic.answeredCount()} answered 200, all answered after ` +
        `${answeredMs.toFixed(0)} ms, all delivered after ${healedMs.toFixed(0)} ms; ` +
        totals(traffic.followers),
    );
    return failures;
  } finally {
    await traffic.stop();
    await inParallel(traffic.followers, 50, async (one) => one.drop(false));
    redis.close();
    await sql.end({ timeout: 2 });
  }
}
