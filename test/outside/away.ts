/**
 * Postgres or Redis stands still during sends: 503 for what is not taken, 504 for what is
 * undecided, and when it goes on all is well without a restart, each message stored once.
 */

import { holes, messageRows, poisonCount } from "./compare.ts";
import { befriend, login } from "./http-client.ts";
import { findPostmaster, processesOf, signalAll } from "./kill-postgres.ts";
import { pace, wait } from "../support/pace.ts";
import {
  type Answer,
  code,
  connect,
  describe,
  type RawClient,
  sendSurely,
  textMessage,
} from "./raw-client.ts";
import { gateway, openRedis, openSql, runName, type Sql, type Target } from "./target.ts";

/** Longer than the 10 s after which an undecided send is answered 504. */
const awayMs = 13_000;
const messageCount = 40;

export async function run(target: Target): Promise<string[]> {
  const name = runName("away");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const token = await login(target, alice, "im_web");
  await login(target, bob, "im_web");
  await befriend(target, alice, bob);
  const sender = await connect({ base: gateway(target, 0), token, device: "im_web" });
  const sql = openSql(target);
  try {
    const first = await sendSurely(sender, textMessage(1, { to: bob }, `${name}-0`, "first"));
    if (code(first) !== 200) return [`the first message: ${describe(first)}`];
    const postgres = processesOf(await findPostmaster(sql));
    const redis = [await findRedis(target)];
    const poisonBefore = await poisonCount(sql);
    const failures = [
      ...(await standStill(sender, bob, `${name}-pg`, "Postgres", postgres)),
      ...(await standStill(sender, bob, `${name}-redis`, "Redis", redis)),
      ...(await judgeRows(sql, String(first?.route?.conversationId), 1 + 2 * messageCount)),
    ];
    const poison = (await poisonCount(sql)) - poisonBefore;
    if (poison > 0) failures.push(`${poison} records were set aside as poison`);
    if (sender.isClosed) failures.push("the connection was closed");
    return failures;
  } finally {
    sender.close();
    await sql.end({ timeout: 2 });
  }
}

async function standStill(
  sender: RawClient,
  to: string,
  name: string,
  what: string,
  pids: readonly number[],
): Promise<string[]> {
  const messages = Array.from({ length: messageCount }, (_, index) =>
    textMessage(1, { to }, `${name}-${index}`, `while ${what} is away ${index}`),
  );
  const failures: string[] = [];
  let answers: (Answer | undefined)[] = [];
  const stoppedMs = performance.now();
  signalAll(pids, "SIGSTOP");
  try {
    const turn = pace(40);
    const underWay: Promise<Answer | undefined>[] = [];
    for (const message of messages) {
      await turn();
      underWay.push(sender.request(message, awayMs - 1200));
    }
    answers = await Promise.all(underWay);
    await wait(Math.max(0, stoppedMs + awayMs - performance.now()));
  } finally {
    signalAll(pids, "SIGCONT");
  }
  const codes = new Map<number, number>();
  for (const answer of answers) codes.set(code(answer), (codes.get(code(answer)) ?? 0) + 1);
  for (const [number, times] of codes) {
    if (number !== 503 && number !== 504) {
      failures.push(`while ${what} stood still ${times} sends were answered ${number}`);
    }
  }
  const backMs = performance.now();
  for (const message of messages) {
    const answer = await sendSurely(sender, message);
    if (code(answer) !== 200) {
      failures.push(`${message.header?.localId} after ${what} was back: ${describe(answer)}`);
    }
  }
  console.log(
    `away: ${what} stood still, answers {${[...codes].join("; ")}}; all 200 ` +
      `${(performance.now() - backMs).toFixed(0)} ms after it went on`,
  );
  return failures;
}

async function judgeRows(sql: Sql, conversationId: string, count: number): Promise<string[]> {
  const rows = await messageRows(sql, conversationId);
  const failures = holes(
    rows.map((row) => row.seq),
    0,
    "seqs",
  );
  if (rows.length !== count) failures.push(`${rows.length} rows for ${count} messages`);
  return failures;
}

async function findRedis(target: Target): Promise<number> {
  const redis = openRedis(target);
  try {
    const info = String(await redis.send("INFO", ["server"]));
    const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
    if (!Number.isInteger(pid)) throw new Error("Redis does not say its process id");
    return pid;
  } finally {
    redis.close();
  }
}
