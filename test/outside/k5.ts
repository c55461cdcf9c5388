/** K5: numbers go on after the newest message has expired, a restart, and an emptied Redis. */

import { befriend, login } from "./http-client.ts";
import { until } from "../support/pace.ts";
import {
  type Answer,
  code,
  connectPatiently,
  describe,
  type RawClient,
  sendSurely,
  textMessage,
} from "./raw-client.ts";
import { gateway, openRedis, openSql, runName, type Sql, type Target } from "./target.ts";

const ttlSeconds = 2;
/** Clean-up is promised within 5 s of expiry; the rest is for a slow machine. */
const cleanedWithinMs = ttlSeconds * 1000 + 8000;

interface Trial {
  to: string;
  /** Messages before the one that expires. */
  before: number;
  newest?: Answer | undefined;
}

export async function run(target: Target): Promise<string[]> {
  const name = runName("k5");
  const alice = `${name}-alice`;
  const trials: Trial[] = [
    { to: `${name}-bob`, before: 4 },
    { to: `${name}-carol`, before: 0 },
  ];
  const token = await login(target, alice, "im_web");
  for (const trial of trials) {
    await login(target, trial.to, "im_web");
    await befriend(target, alice, trial.to);
  }
  const options = { base: gateway(target, 0), token, device: "im_web" };
  const sql = openSql(target);
  const redis = openRedis(target);
  try {
    const failures: string[] = [];
    let sender = await connectPatiently(options);
    for (const trial of trials) failures.push(...(await fill(sender, trial, name)));
    for (const trial of trials) failures.push(...(await expired(sql, sender, trial)));
    sender.close();
    await target.restart?.();
    await redis.send("FLUSHALL", []);
    sender = await connectPatiently(options);
    let pts = sender.greeting?.content?.data?.pts ?? -1;
    for (const trial of trials) {
      const message = textMessage(1, { to: trial.to }, `${name}-after`, "after");
      const answer = await sendSurely(sender, message);
      failures.push(...judge(trial, answer, pts + 1));
      pts = answer?.messageExtra?.pts ?? pts;
    }
    console.log(`k5: ${target.restart ? "server restarted" : "server not restarted"}`);
    sender.close();
    return failures;
  } finally {
    redis.close();
    await sql.end({ timeout: 2 });
  }
}

async function fill(sender: RawClient, trial: Trial, name: string): Promise<string[]> {
  for (let index = 0; index <= trial.before; index += 1) {
    const message = textMessage(1, { to: trial.to }, `${name}-${index}`, `text ${index}`);
    if (index === trial.before) {
      message.content = { text: "gone soon" };
      message.control = { ttl: ttlSeconds };
    }
    const answer = await sendSurely(sender, message);
    const seq = answer?.messageExtra?.conversationSeq;
    if (code(answer) !== 200 || seq !== index)
      return [`fill ${index}: ${describe(answer)}, ${seq}`];
    trial.newest = answer;
  }
  return [];
}

/** Gone from the table (the row may stay, emptied) and from what a client can read. */
async function expired(sql: Sql, sender: RawClient, trial: Trial): Promise<string[]> {
  const id = trial.newest?.messageExtra?.messageId ?? "";
  const conversationId = String(trial.newest?.route?.conversationId);
  const startMs = performance.now();
  const cleaned = await until(
    async () => {
      const rows = await sql`SELECT content FROM messages WHERE id = ${id}`;
      const content = Buffer.from((rows[0]?.["content"] as Uint8Array | null) ?? []);
      return !content.includes("gone soon");
    },
    cleanedWithinMs,
    100,
  );
  const tookMs = performance.now() - startMs;
  if (!cleaned) return [`message ${id} still stands ${tookMs.toFixed(0)} ms after it was sent`];
  console.log(`k5: cleaned up after ${tookMs.toFixed(0)} ms of waiting`);
  const answer = await sender.request({
    cmd: 34,
    header: { localId: `history-${id}` },
    route: { conversationId },
    content: { data: { fromSeq: 0, limit: 100, backward: false } },
  });
  const messages = answer?.response.data?.messages ?? [];
  if (code(answer) !== 200) return [`history: ${describe(answer)}`];
  const seqs = messages.map((message) => message.messageExtra?.conversationSeq);
  const newest = messages[trial.before];
  if (seqs.some((seq, index) => seq !== index) || seqs.length !== trial.before + 1) {
    return [`history after expiry has the seqs ${seqs.join(",")}`];
  }
  if (newest?.messageExtra?.hidden !== true || newest.content?.text) {
    return [`history shows the expired message as ${JSON.stringify(newest)}`];
  }
  return [];
}

function judge(trial: Trial, answer: Answer | undefined, pts: number): string[] {
  const extra = answer?.messageExtra;
  if (code(answer) !== 200) return [`the send after the loss: ${describe(answer)}`];
  const failures: string[] = [];
  if (extra?.conversationSeq !== trial.before + 1) {
    failures.push(`seq ${extra?.conversationSeq} after ${trial.before}`);
  }
  if (extra?.pts !== pts) failures.push(`pts ${extra?.pts} where ${pts} belongs`);
  const before = BigInt(trial.newest?.messageExtra?.messageId ?? 0);
  if (BigInt(extra?.messageId ?? 0) <= before) failures.push("the messageId went back");
  return failures;
}
