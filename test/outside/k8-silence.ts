/**
 * K8, first part: the delivery streams are cut to nothing around one last send to each recipient,
 * then all is silent. Within 60 s each has the push, or the hint to pull.
 */

import { randomBytes } from "node:crypto";
import type { RedisClient } from "bun";
import { befriend, login } from "./http-client.ts";
import { pace, until, wait } from "../support/pace.ts";
import { code, connect, describe, type RawClient, textMessage } from "./raw-client.ts";
import { gateway, openRedis, runName, type Target } from "./target.ts";

const recipientCount = 20;
const hintWithinMs = 60_000;
const mainStream = "{linnet}:stream";

/** Cuts while it runs, in one script call, so that what is appended between calls has no chance. */
const cutScript = `
for round = 1, 200 do
  for _, key in ipairs(KEYS) do redis.call('XTRIM', key, 'MAXLEN', '0') end
end
return #KEYS`;

export async function run(target: Target): Promise<string[]> {
  const name = runName("k8s");
  const alice = `${name}-alice`;
  const token = await login(target, alice, "im_web");
  const sender = await connect({ base: gateway(target, 0), token, device: "im_web" });
  const readers: RawClient[] = [];
  for (let index = 0; index < recipientCount; index += 1) {
    const user = `${name}-${index}`;
    const readerToken = await login(target, user, "im_web");
    await befriend(target, alice, user);
    const base = gateway(target, index);
    readers.push(await connect({ base, token: readerToken, device: "im_web" }));
  }
  const redis = openRedis(target);
  const cutters = [openRedis(target), openRedis(target)];
  try {
    const streams = await deliveryStreams(redis);
    let cutting = true;
    let cuts = 0;
    const work = cutters.map(async (cutter) => {
      while (cutting && streams.length > 0) {
        await cutter.send("EVAL", [cutScript, String(streams.length), ...streams]);
        cuts += 1;
      }
    });
    await wait(50);
    const failures = await sendLast(sender, name);
    await wait(500);
    cutting = false;
    await Promise.all(work);
    failures.push(...(await judge(readers, name)));
    const pushed = readers.filter((reader) => reader.pushes.some(isLast)).length;
    console.log(
      `k8: ${streams.length} delivery streams cut ${cuts * 200} times; of ${recipientCount} last ` +
        `messages ${pushed} were pushed, ${recipientCount - pushed} were hinted at or lost`,
    );
    if (streams.length === 0) failures.push("no delivery stream was found: nothing was cut");
    return failures;
  } finally {
    sender.close();
    for (const reader of readers) reader.close();
    for (const client of [redis, ...cutters]) client.close();
  }
}

/** Several sends in one breath, so that the reader of a stream is busy when the next is cut. */
async function sendLast(sender: RawClient, name: string): Promise<string[]> {
  const turn = pace(200);
  const answers: Promise<string[]>[] = [];
  for (let index = 0; index < recipientCount; index += 1) {
    await turn();
    const localId = `${name}-${randomBytes(4).toString("hex")}`;
    const message = textMessage(1, { to: `${name}-${index}` }, localId, "the last one");
    const answer = sender.request(message, 15_000);
    // The answer may be lost with the streams; the row and the recipient's share may not.
    answers.push(
      answer.then((one) =>
        one && ![200, 504].includes(code(one)) ? [`send ${index}: ${describe(one)}`] : [],
      ),
    );
  }
  return (await Promise.all(answers)).flat();
}

async function judge(readers: readonly RawClient[], name: string): Promise<string[]> {
  const startMs = performance.now();
  const told = (reader: RawClient): boolean => reader.pushes.some(isLast) || isHinted(reader);
  await until(() => readers.every(told), hintWithinMs, 100);
  console.log(`k8: all told ${(performance.now() - startMs).toFixed(0)} ms after the cutting`);
  const failures: string[] = [];
  for (const [index, reader] of readers.entries()) {
    if (reader.isClosed) failures.push(`recipient ${index} was disconnected`);
    if (!told(reader)) failures.push(`recipient ${index}: neither push nor hint within 60 s`);
    const epoch = reader.greeting?.content?.data?.epoch ?? "";
    const answer = await reader.request({
      cmd: 71,
      header: { localId: `${name}-sync` },
      content: { data: { epoch, pts: 0, limit: 100 } },
    });
    const events = answer?.response.data?.events ?? [];
    if (!events.some(isLast)) failures.push(`recipient ${index}: not in the log either`);
  }
  return failures;
}

function isLast(envelope: { content?: { text?: string } }): boolean {
  return envelope.content?.text === "the last one";
}

function isHinted(reader: RawClient): boolean {
  return reader.pushes.some((push) => {
    return Number(push.cmd) === 71 && (push.content?.data?.pts ?? 0) > lastPts(reader);
  });
}

/** What the reader holds by its greeting and by pushes before the hint. */
function lastPts(reader: RawClient): number {
  const numbers = reader.pushes.map((push) => push.messageExtra?.pts ?? 0);
  return Math.max(reader.greeting?.content?.data?.pts ?? 0, ...numbers);
}

async function deliveryStreams(redis: RedisClient): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const page = (await redis.send("SCAN", [cursor, "COUNT", "500", "TYPE", "stream"])) as [
      string,
      string[],
    ];
    [cursor] = page;
    for (const key of page[1]) if (key !== mainStream) keys.add(key);
  } while (cursor !== "0");
  return [...keys];
}
