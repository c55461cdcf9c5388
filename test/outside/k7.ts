/** K7: the writer's Postgres session is cut again and again under load, and no promise breaks. */

import {
  caughtUp,
  clientFaults,
  compareConversation,
  compareInboxes,
  poisonCount,
  totals,
} from "./compare.ts";
import { wait } from "../support/pace.ts";
import { openSql, runName, scaled, type Target } from "./target.ts";
import { startTraffic } from "./traffic.ts";

const cutForMs = 15_000;
const cutEveryMs = 300;

export async function run(target: Target): Promise<string[]> {
  const sql = openSql(target);
  const traffic = await startTraffic(target, runName("k7"), {
    pairs: 5,
    groupSize: 10,
    groupSenders: 5,
    perSecond: 10,
  });
  const poisonBefore = await poisonCount(sql);
  try {
    await wait(1000);
    const startMs = performance.now();
    let cut = 0;
    let idle = 0;
    while (performance.now() - startMs < scaled(target, cutForMs)) {
      // The advisory lock of this database; a migration's lock, if any, is cut as well.
      const rows = await sql`
        SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      if (rows.length > 0) cut += 1;
      else idle += 1;
      await wait(cutEveryMs);
    }
    await traffic.stop();
    const failures = await caughtUp(sql, traffic.followers, 70_000);
    for (const expected of traffic.expectations()) {
      failures.push(...(await compareConversation(sql, expected)));
    }
    const poison = (await poisonCount(sql)) - poisonBefore;
    if (poison > 0) failures.push(`${poison} records were set aside as poison`);
    failures.push(...(await compareInboxes(sql, traffic.followers)));
    failures.push(...clientFaults(traffic.followers), ...traffic.refusals);
    failures.push(...traffic.followers.flatMap((one) => one.losses));
    if (cut === 0) failures.push("no session held an advisory lock: nothing was cut");
    const codes = [...traffic.retriedCodes()].map(([code, times]) => `${code}: ${times}`);
    console.log(
      `k7: ${cut} cuts (${idle} times nobody held the lock), ${traffic.answeredCount()} answered ` +
        `200, tried again {${codes.join(", ")}}; ${totals(traffic.followers)}`,
    );
    return failures;
  } finally {
    await traffic.stop();
    for (const follower of traffic.followers) follower.drop(false);
    await sql.end({ timeout: 2 });
  }
}
