/** K1: nothing is answered 200 before Postgres has committed it. */

import { befriend, login } from "./http-client.ts";
import { pace, wait } from "../support/pace.ts";
import { code, connect, describe, type Received, textMessage } from "./raw-client.ts";
import { gateway, openSql, runName, type Target } from "./target.ts";

const messageCount = 100;
const lockMs = 5000;

export async function run(target: Target): Promise<string[]> {
  const name = runName("k1");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const base = gateway(target, 0);
  const aliceToken = await login(target, alice, "im_web");
  const bobToken = await login(target, bob, "im_web");
  await befriend(target, alice, bob);
  const sender = await connect({ base, token: aliceToken, device: "im_web" });
  const reader = await connect({ base, token: bobToken, device: "im_web" });
  const sql = openSql(target);
  try {
    const first = await sender.request(textMessage(1, { to: bob }, `${name}-first`, "first"));
    if (code(first) !== 200) return [`the message before the lock: ${describe(first)}`];
    const conversation = String(first?.route?.conversationId);
    const answers: Promise<Received | undefined>[] = [];
    let releasedMs = 0;
    await sql.begin(async (transaction) => {
      await transaction`LOCK TABLE messages IN ACCESS EXCLUSIVE MODE`;
      const lockedMs = performance.now();
      const turn = pace(40);
      for (let index = 0; index < messageCount; index += 1) {
        await turn();
        const message = textMessage(1, { to: bob }, `${name}-${index}`, `text ${index}`);
        answers.push(sender.requestTimed(message, 20_000));
      }
      await wait(Math.max(0, lockedMs + lockMs - performance.now()));
      // Taken before the commit is asked for: an answer in between would be none too early.
      releasedMs = performance.now();
    });
    const failures = judge(await Promise.all(answers), releasedMs);
    const early = reader.frames.filter((frame) => isMessage(frame) && frame.atMs < releasedMs);
    if (early.length > 1) failures.push(`${early.length - 1} pushed before the release`);
    const rows = await sql`
      SELECT seq FROM messages WHERE conversation_id = ${conversation} ORDER BY seq`;
    const seqs = rows.map((row) => Number(row["seq"]));
    if (seqs.length !== messageCount + 1 || seqs.some((seq, index) => seq !== index)) {
      failures.push(`rows: ${seqs.length} of ${messageCount + 1}, seqs ${seqs.join(",")}`);
    }
    return failures;
  } finally {
    sender.close();
    reader.close();
    await sql.end({ timeout: 2 });
  }
}

function judge(answers: (Received | undefined)[], releasedMs: number): string[] {
  const failures: string[] = [];
  const seqs = new Set<number>();
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  answers.forEach((answer, index) => {
    if (code(answer?.envelope) !== 200 || !answer) {
      failures.push(`message ${index}: ${describe(answer?.envelope)}`);
      return;
    }
    const afterMs = answer.atMs - releasedMs;
    if (afterMs < 0) failures.push(`message ${index}: 200 came ${-afterMs} ms before the release`);
    firstMs = Math.min(firstMs, afterMs);
    lastMs = Math.max(lastMs, afterMs);
    seqs.add(answer.envelope.messageExtra?.conversationSeq ?? -1);
  });
  if (failures.length === 0 && seqs.size !== messageCount) failures.push("an answered seq repeats");
  console.log(`k1: 200s between ${firstMs.toFixed(1)} and ${lastMs.toFixed(1)} ms after release`);
  return failures;
}

function isMessage(frame: Received): boolean {
  return frame.envelope.messageExtra?.conversationSeq !== undefined;
}
