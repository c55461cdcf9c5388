/** K4: sent twice is sent once, also at the same moment through two gateways. */

import { caughtUp, clientFaults, messageRows } from "./compare.ts";
import type { Envelope, Framing } from "./framing.ts";
import { befriend, login } from "./http-client.ts";
import { pace, sendsPerSecondMax } from "../support/pace.ts";
import {
  type Answer,
  code,
  connect,
  describe,
  type RawClient,
  sendSurely,
  textMessage,
} from "./raw-client.ts";
import { gateway, openSql, runName, scaled, type Sql, type Target } from "./target.ts";
import { makeFollower } from "./traffic.ts";

const deviceId = "one-device-two-connections";

interface Sent {
  localId: string;
  messageId: string;
  seq: number;
}

export async function run(target: Target): Promise<string[]> {
  const name = runName("k4");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const open = async (device: string, index: number, framing: Framing): Promise<RawClient> => {
    const token = await login(target, alice, device);
    return connect({ base: gateway(target, index), token, device, framing });
  };
  const first = await open("im_web", 0, "json");
  const second = await open("im_app_ios", 1, "json");
  const reader = await makeFollower(target, bob, "im_web", "json");
  await befriend(target, alice, bob);
  await reader.start();
  const sql = openSql(target);
  const count = scaled(target, 1000);
  console.log(`k4: ${count} sends through ${target.urls.length} gateway(s)`);
  try {
    const { failures, sent } = await sendTogether(first, second, bob, name, count);
    const third = await open("im_pc_mac", 0, "msgpack");
    const fourth = await open("im_app_android", 1, "proto");
    failures.push(...(await sendAgain([third, fourth], bob, sent)));
    failures.push(...(await sendOther(fourth, bob, sent.slice(0, 20))));
    failures.push(...(await judgeRows(sql, bob, first, sent, count)));
    failures.push(...(await caughtUp(sql, [reader], 10_000)), ...clientFaults([reader]));
    const arrived = reader.own.events.filter((event) => event.seq !== undefined).length;
    // One more than the count: the message by which the rows were found.
    if (arrived !== count + 1) failures.push(`the recipient has ${arrived - 1} of ${count}`);
    for (const client of [third, fourth]) client.close();
    return failures;
  } finally {
    first.close();
    second.close();
    reader.drop(false);
    await sql.end({ timeout: 2 });
  }
}

async function sendTogether(
  first: RawClient,
  second: RawClient,
  to: string,
  name: string,
  count: number,
): Promise<{ failures: string[]; sent: Sent[] }> {
  const failures: string[] = [];
  const sent: Sent[] = [];
  const turn = pace(sendsPerSecondMax);
  const pairs: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    await turn();
    const localId = `${name}-${index}`;
    const message = textMessage(1, { to }, localId, `text ${index}`, deviceId);
    const both = Promise.all([outcome(first, message), outcome(second, message)]);
    const judged = both.then(([one, other]) => {
      failures.push(...judgePair(localId, one, other));
      const extra = one.answer?.messageExtra;
      if (code(one.answer) !== 200) return;
      sent.push({ localId, messageId: extra?.messageId ?? "", seq: extra?.conversationSeq ?? -1 });
    });
    pairs.push(judged);
  }
  await Promise.all(pairs);
  return { failures, sent };
}

interface Outcome {
  answer: Answer | undefined;
  resent: boolean;
}

async function outcome(client: RawClient, message: Envelope): Promise<Outcome> {
  const answer = await client.request(message, 12_000);
  if (answer && ![429, 503, 504].includes(code(answer))) return { answer, resent: false };
  return { answer: await sendSurely(client, message), resent: true };
}

function judgePair(localId: string, one: Outcome, other: Outcome): string[] {
  const [first, second] = [one.answer, other.answer];
  if (code(first) !== 200 || code(second) !== 200) {
    return [`${localId}: ${describe(first)} and ${describe(second)}`];
  }
  const [a, b] = [first?.messageExtra, second?.messageExtra];
  if (a?.messageId === undefined || a.messageId !== b?.messageId) {
    return [`${localId}: message ${a?.messageId} and ${b?.messageId}`];
  }
  if (a.conversationSeq !== b.conversationSeq) {
    return [`${localId}: seq ${a.conversationSeq} and ${b.conversationSeq}`];
  }
  const duplicates = [a, b].filter((extra) => extra.duplicate === true).length;
  const plain = !one.resent && !other.resent;
  return plain && duplicates !== 1 ? [`${localId}: ${duplicates} of 2 called duplicate`] : [];
}

/** The same content in other framings: the same message, called a duplicate. */
async function sendAgain(
  clients: readonly RawClient[],
  to: string,
  sent: readonly Sent[],
): Promise<string[]> {
  const failures: string[] = [];
  const turn = pace(sendsPerSecondMax * clients.length);
  const sendOne = async (one: Sent, client: RawClient): Promise<void> => {
    const text = `text ${one.localId.slice(one.localId.lastIndexOf("-") + 1)}`;
    const answer = await sendSurely(client, textMessage(1, { to }, one.localId, text, deviceId));
    const extra = answer?.messageExtra;
    const same = extra?.messageId === one.messageId && extra.conversationSeq === one.seq;
    if (code(answer) !== 200 || !same || extra.duplicate !== true) {
      const got = `${extra?.messageId}, seq ${extra?.conversationSeq}, dup ${extra?.duplicate}`;
      failures.push(`${one.localId} in ${client.framing}: ${describe(answer)}, ${got}`);
    }
  };
  const work: Promise<void>[] = [];
  for (const [index, one] of sent.entries()) {
    await turn();
    const client = clients[index % clients.length];
    if (client) work.push(sendOne(one, client));
  }
  await Promise.all(work);
  return failures;
}

async function sendOther(client: RawClient, to: string, sent: readonly Sent[]): Promise<string[]> {
  const failures: string[] = [];
  for (const [index, one] of sent.entries()) {
    const other = textMessage(1, { to }, one.localId, "something else", deviceId);
    if (index % 2 === 1) {
      other.content = { text: `text ${one.localId.slice(one.localId.lastIndexOf("-") + 1)}` };
      other.route = { ...other.route, type: 12 };
    }
    const answer = await sendSurely(client, other);
    if (code(answer) !== 409) failures.push(`${one.localId}, other content: ${describe(answer)}`);
  }
  return failures;
}

async function judgeRows(
  sql: Sql,
  to: string,
  client: RawClient,
  sent: readonly Sent[],
  count: number,
): Promise<string[]> {
  const fresh = `${sent[0]?.localId}-last`;
  const answer = await sendSurely(client, textMessage(1, { to }, fresh, "last", `${deviceId}-2`));
  const conversationId = String(answer?.route?.conversationId);
  const rows = await messageRows(sql, conversationId);
  const failures: string[] = [];
  if (rows.length !== count + 1) failures.push(`${rows.length - 1} rows for ${count} messages`);
  const bad = rows.findIndex((row, index) => row.seq !== index);
  if (bad >= 0) failures.push(`row ${bad} has seq ${rows[bad]?.seq}`);
  return failures;
}
