/**
 * K8, third part: a client that was away pages through its log seven events at a time while
 * 1,000 messages a second come in for it. From its first page on, every pts comes once.
 */

import { caughtUp, inboxPts, userIds } from "./compare.ts";
import { Follower } from "./follower.ts";
import { befriend, login } from "./http-client.ts";
import { inParallel, pace, until, wait } from "../support/pace.ts";
import { code, connect, describe, type RawClient, sendSurely, textMessage } from "./raw-client.ts";
import { gateway, openSql, runName, scaled, type Target } from "./target.ts";

const senderCount = 25;
const perSender = 40;
const pageLimit = 7;

export async function run(target: Target): Promise<string[]> {
  const name = runName("k8p");
  const reader = `${name}-reader`;
  const token = await login(target, reader, "im_web");
  const phoneToken = await login(target, reader, "im_app_ios");
  const senders = await openSenders(target, name, reader);
  const sql = openSql(target);
  const failures: string[] = [];
  const total = scaled(target, 200);
  let answered = 0;
  const startMs = performance.now();
  let sendingMs = 0;
  const traffic = Promise.all(
    senders.map(async (sender, place) => {
      const turn = pace(perSender);
      const answers: Promise<void>[] = [];
      for (let index = 0; index < total; index += 1) {
        await turn();
        const message = textMessage(1, { to: reader }, `${name}-${place}-${index}`, `t ${index}`);
        const one = sendSurely(sender, message).then((answer) => {
          if (code(answer) === 200) answered += 1;
          else failures.push(`send ${place}/${index}: ${describe(answer)}`);
        });
        answers.push(one);
      }
      await Promise.all(answers);
    }),
  ).then(() => {
    sendingMs = performance.now() - startMs;
  });
  // The log grows for a while before the reader comes back.
  await wait(1000);
  const plain = await connect({ base: gateway(target, 0), token, device: "im_web" });
  const urls = target.urls;
  const options = { user: reader, device: "im_app_ios", token: phoneToken, urls, pageLimit };
  const follower = new Follower({ ...options, framing: "msgpack" });
  await follower.start();
  try {
    const seen = await readByPages(plain, failures);
    await traffic;
    failures.push(...(await caughtUp(sql, [follower], 30_000)), ...follower.own.faults);
    const id = (await userIds(sql, [reader])).get(reader) ?? "0";
    const newest = (await inboxPts(sql, id)).at(-1) ?? 0;
    await until(() => (pushedPts(plain).at(-1) ?? 0) >= newest, 5000);
    failures.push(...judge([...seen.paged, ...pushedPts(plain, seen.firstPageMs)], newest));
    const rate = (1000 * answered) / sendingMs;
    console.log(
      `k8: ${answered} messages at ${rate.toFixed(0)}/s, ${seen.pages} pages of ${pageLimit} up ` +
        `to pts ${seen.paged.at(-1) ?? 0} of ${newest}, ${seen.final ? "then live" : "no final"}`,
    );
    return failures;
  } finally {
    await traffic;
    follower.drop(false);
    for (const client of [...senders, plain]) client.close();
    await sql.end({ timeout: 2 });
  }
}

interface Seen {
  paged: number[];
  pages: number;
  final: boolean;
  /** When the first page came: what was pushed before it may come again in a page. */
  firstPageMs: number;
}

async function readByPages(client: RawClient, failures: string[]): Promise<Seen> {
  const seen: Seen = { paged: [], pages: 0, final: false, firstPageMs: 0 };
  const epoch = client.greeting?.content?.data?.epoch ?? "";
  let position = 0;
  const endMs = performance.now() + 120_000;
  while (!seen.final && performance.now() < endMs) {
    const answer = await client.requestTimed({
      cmd: 71,
      header: { localId: `page-${seen.pages}` },
      content: { data: { epoch, pts: position, limit: pageLimit } },
    });
    if (code(answer?.envelope) === 429) {
      await wait(100);
      continue;
    }
    const data = answer?.envelope.response?.data;
    if (!answer || code(answer.envelope) !== 200 || data?.pts === undefined) {
      failures.push(`page from ${position}: ${describe(answer?.envelope)}`);
      return seen;
    }
    if (seen.pages === 0) seen.firstPageMs = answer.atMs;
    seen.pages += 1;
    const numbers = (data.events ?? []).map((event) => event.messageExtra?.pts ?? -1);
    if (numbers.length > pageLimit) failures.push(`a page of ${numbers.length}`);
    if (data.reset) failures.push(`reset at ${position}`);
    seen.paged.push(...numbers);
    if (data.pts !== position + numbers.length) {
      failures.push(`the page from ${position} has ${numbers.length} events, ends at ${data.pts}`);
    }
    position = data.pts;
    seen.final = data.final === true;
  }
  return seen;
}

function pushedPts(client: RawClient, afterMs = 0): number[] {
  return client.frames
    .filter((frame) => frame.envelope.direction === 3 && frame.atMs > afterMs)
    .map((frame) => frame.envelope.messageExtra?.pts)
    .filter((pts) => pts !== undefined);
}

function judge(numbers: readonly number[], newest: number): string[] {
  const counts = new Map<number, number>();
  for (const pts of numbers) counts.set(pts, (counts.get(pts) ?? 0) + 1);
  const failures: string[] = [];
  for (let pts = 1; pts <= newest; pts += 1) {
    const times = counts.get(pts) ?? 0;
    if (times !== 1) failures.push(`pts ${pts} came ${times} times`);
  }
  return failures;
}

async function openSenders(target: Target, name: string, reader: string): Promise<RawClient[]> {
  const senders: RawClient[] = [];
  const places = Array.from({ length: senderCount }, (_, place) => place);
  await inParallel(places, 8, async (place) => {
    const user = `${name}-${place}`;
    const token = await login(target, user, "im_web");
    await befriend(target, user, reader);
    senders[place] = await connect({ base: gateway(target, place), token, device: "im_web" });
  });
  return senders;
}
