/**
 * Bad input: each line is answered by its code, nothing is lost, the process stays up, and a pair
 * that chats meanwhile notices nothing.
 */

import {
  badBinary,
  type BadFrame,
  badJson,
  badParts,
  badSends,
  hugeTargets,
  type People,
} from "./bad-frames.ts";
import {
  caughtUp,
  clientFaults,
  compareConversation,
  compareInboxes,
  poisonCount,
} from "./compare.ts";
import { encodeFrame, type Framing } from "./framing.ts";
import { upgradeStatus } from "./handshake.ts";
import { befriend, call, login, makeGroup, register, show } from "./http-client.ts";
import { pace, within } from "../support/pace.ts";
import { code, connect, describe, type RawClient, textMessage } from "./raw-client.ts";
import { gateway, openSql, runName, type Target } from "./target.ts";
import { startTraffic } from "./traffic.ts";

type Connections = Record<Framing, RawClient>;

export async function runBadInput(target: Target): Promise<string[]> {
  const name = runName("bad");
  const sql = openSql(target);
  const chat = { pairs: 1, groupSize: 0, groupSenders: 0, perSecond: 10 };
  const traffic = await startTraffic(target, `${name}-chat`, chat);
  const people = await makePeople(target, name);
  const poisonBefore = await poisonCount(sql);
  const seed = target.seed ?? 20_261_121;
  try {
    const failures = await refusedUpgrades(target, people.self);
    const rows = [
      ...badJson(),
      ...badParts(people),
      ...badSends(people),
      ...hugeTargets(people),
      ...badBinary(people, seed),
    ];
    failures.push(...(await tryRows(target, people, rows)));
    failures.push(...(await framingStays(target, people)), ...(await overLimit(target, people)));
    failures.push(...(await dissolved(target, people)), ...(await forged(target, people)));
    failures.push(...(await otherContent(target, people)), ...(await tooFast(target, people)));
    await traffic.stop();
    failures.push(...(await caughtUp(sql, traffic.followers, 15_000)));
    for (const one of traffic.expectations()) {
      failures.push(...(await compareConversation(sql, one)));
    }
    const poison = (await poisonCount(sql)) - poisonBefore;
    if (poison > 0) failures.push(`${poison} records got as far as being set aside as poison`);
    failures.push(...(await compareInboxes(sql, traffic.followers)), ...traffic.refusals);
    failures.push(...traffic.followers.flatMap((one) => one.losses));
    failures.push(...clientFaults(traffic.followers));
    console.log(
      `bad-input: ${rows.length} frames, ${failures.length} failures; beside them ` +
        `${traffic.answeredCount()} messages of a pair that chatted on`,
    );
    return failures;
  } finally {
    await traffic.stop();
    for (const follower of traffic.followers) follower.drop(false);
    await sql.end({ timeout: 2 });
  }
}

async function makePeople(target: Target, name: string): Promise<People> {
  const [self, friend, stranger] = [`${name}-self`, `${name}-friend`, `${name}-stranger`];
  const crowd = Array.from({ length: 250 }, (_, index) => `${name}-m${index}`);
  await register(target, [self, friend, stranger, ...crowd]);
  await befriend(target, self, friend);
  const left = await makeGroup(target, friend, [self, stranger]);
  const body = { conversationId: left, userIds: [self] };
  const auth = { appKey: target.appKey };
  const path = "/openapi/v1/group/member";
  const answer = await call(gateway(target, 0), "DELETE", path, body, auth);
  if (answer.code !== 200) throw new Error(`leaving a group: ${show(answer)}`);
  return {
    self,
    friend,
    stranger,
    nobody: `${name}-nobody`,
    group: await makeGroup(target, self, [friend, stranger]),
    wide: await makeGroup(target, self, [friend, ...crowd]),
    left,
    foreign: await makeGroup(target, friend, [stranger]),
    name,
  };
}

async function openAs(
  target: Target,
  user: string,
  framing: Framing = "json",
  device = "im_web",
): Promise<RawClient> {
  const token = await login(target, user, device);
  return connect({ base: gateway(target, 0), token, device, framing });
}

async function refusedUpgrades(target: Target, user: string): Promise<string[]> {
  const base = gateway(target, 0);
  const token = await login(target, user, "im_web");
  const changed = `${token.slice(0, -3)}${token.endsWith("AAA") ? "BBB" : "AAA"}`;
  const [head = "", , tail = ""] = token.replace(/^Bearer /, "").split(".");
  const claims = { sub: user, userId: user, iat: 1, exp: 2 };
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  const device = { deviceType: "im_web" };
  const rows: [string, Record<string, string>, string, number[]][] = [
    ["no token", device, "", [401, 403]],
    ["no word of sense", { ...device, token: "Bearer x" }, "", [401]],
    ["a changed signature", { ...device, token: changed }, "", [401]],
    [
      "expired, resigned by nobody",
      { ...device, token: `Bearer ${head}.${body}.${tail}` },
      "",
      [401],
    ],
    ["alg none", { ...device, token: `Bearer ${none}.${body}.` }, "", [401]],
    ["a million characters", { ...device, token: "x".repeat(10_000) }, "", [401, 431, 400, 413]],
    ["the right token", { ...device, token }, "", [101]],
    ["as Authorization", { ...device, authorization: token }, "", [101]],
    ["in the query", {}, `?token=${encodeURIComponent(token)}&deviceType=im_web`, [101]],
    ["in the query, without Bearer", {}, `?token=${token.slice(7)}&deviceType=im_web`, [101, 401]],
  ];
  const failures: string[] = [];
  for (const [what, headers, query, expect] of rows) {
    const status = await upgradeStatus(base, headers, query);
    if (!expect.includes(status)) failures.push(`upgrade with ${what}: HTTP ${status}`);
  }
  for (const [what, auth] of [
    ["no app key", undefined],
    ["a wrong app key", { appKey: `${target.appKey}x` }],
  ] as const) {
    const path = "/openapi/v1/user/login";
    const answer = await call(base, "POST", path, { id: user, device: "im_web" }, auth);
    if (![401, 403].includes(answer.code)) failures.push(`login with ${what}: ${show(answer)}`);
  }
  return failures;
}

/** One connection for each framing; each frame's answer is the next one that comes. */
async function tryRows(
  target: Target,
  people: People,
  rows: readonly BadFrame[],
): Promise<string[]> {
  const failures: string[] = [];
  const open = (framing: Framing): Promise<RawClient> =>
    openAs(target, people.self, framing, deviceOf[framing]);
  const connections: Connections = {
    json: await open("json"),
    proto: await open("proto"),
    msgpack: await open("msgpack"),
  };
  const turn = pace(20);
  for (const row of rows) {
    await turn();
    const failure = await tryRow(connections[row.framing], row);
    if (failure !== undefined) failures.push(`${row.what}: ${failure}`);
    if (connections[row.framing].isClosed) connections[row.framing] = await open(row.framing);
  }
  for (const client of Object.values(connections)) client.close();
  return failures;
}

const deviceOf: Record<Framing, string> = {
  json: "im_web",
  proto: "im_app_ios",
  msgpack: "im_pc_linux",
};

async function tryRow(client: RawClient, row: BadFrame): Promise<string | undefined> {
  const before = client.frames.length;
  client.sendRaw(row.frame);
  const answered = await client.find((one) => one.direction === 2, 12_000, before);
  const answer = answered?.envelope;
  if (client.isClosed) return `the connection closed with ${(await client.closed).code}`;
  if (!row.expect.includes(code(answer))) return `${describe(answer)}, not ${row.expect.join("|")}`;
  if (row.unreadable && Number(answer?.cmd) !== 99) return `answered with cmd ${answer?.cmd}`;
  if (code(answer) !== 200 && !answer?.response?.message) return "a refusal without a message";
  const alive = await client.request({ cmd: 0, header: { localId: `alive-${before}` } }, 5000);
  return code(alive) === 200 ? undefined : `the heartbeat after it: ${describe(alive)}`;
}

/** A framing is for ever; without a subprotocol the first frame chooses. */
async function framingStays(target: Target, people: People): Promise<string[]> {
  const failures: string[] = [];
  const beat = { direction: 1, cmd: 0, header: { localId: "beat" } };
  const rows = [
    { own: "json", other: "proto" },
    { own: "proto", other: "json" },
    { own: "msgpack", other: "json" },
  ] as const;
  for (const { own, other } of rows) {
    const client = await openAs(target, people.self, own);
    const failure = await tryRow(client, {
      what: "",
      framing: own,
      frame: encodeFrame(other, beat),
      expect: [1004],
      unreadable: true,
    });
    if (failure !== undefined) failures.push(`a ${other} frame on a ${own} connection: ${failure}`);
    client.close();
  }
  const token = await login(target, people.self, "im_web");
  const options = { base: gateway(target, 0), token, device: "im_web", subprotocol: false };
  const chooser = await connect(options);
  const beforeFrames = chooser.unreadable.length;
  chooser.sendRaw(encodeFrame("proto", beat));
  await chooser.find(() => false, 1000);
  // The client reads JSON here: a binary answer is what it can't read, and what is wanted.
  // A friend who comes online meanwhile is told of too.
  if (chooser.unreadable.length <= beforeFrames) {
    failures.push("a binary first frame without subprotocol is not answered in protobuf");
  }
  chooser.close();
  return failures;
}

async function overLimit(target: Target, people: People): Promise<string[]> {
  const failures: string[] = [];
  for (const framing of ["json", "proto"] as const) {
    const client = await openAs(target, people.self, framing);
    const size = (1 << 20) + 1;
    client.sendRaw(framing === "json" ? "x".repeat(size) : new Uint8Array(size));
    const closed = await within(client.closed, 10_000);
    if (closed?.code !== 1009) failures.push(`a ${framing} frame over 1 MiB: ${closed?.code}`);
    client.close();
  }
  return failures;
}

async function dissolved(target: Target, people: People): Promise<string[]> {
  const conversationId = await makeGroup(target, people.self, [people.friend]);
  const client = await openAs(target, people.self);
  const route = { conversationId };
  const header = { localId: `${people.name}-dismiss` };
  const answer = await client.request({ cmd: 44, header, route, content: { data: {} } });
  if (code(answer) === 3003) {
    console.log("bad-input: GROUP_DISMISS is not built yet; the dissolved group is left out");
    return [];
  }
  const sent = await client.request(textMessage(2, route, `${people.name}-dissolved`, "x"));
  client.close();
  return code(answer) === 200 && code(sent) === 2001
    ? []
    : [`dissolving: ${describe(answer)}, then a send: ${describe(sent)}`];
}

/** What a client may not say is overwritten; the rest of the message goes through. */
async function forged(target: Target, people: People): Promise<string[]> {
  const failures: string[] = [];
  const reader = await openAs(target, people.friend);
  for (const framing of ["json", "proto", "msgpack"] as const) {
    const client = await openAs(target, people.self, framing);
    const localId = `${people.name}-forged-${framing}`;
    const answer = await client.request({
      cmd: 1,
      header: { localId },
      route: { type: 1, to: people.friend, from: people.stranger, source: "system" },
      content: { text: localId },
      messageExtra: { messageId: "7", conversationSeq: 7_000_000, pts: 9_000_000, timestamp: 1 },
    });
    const push = await reader.find((one) => one.content?.text === localId, 5000);
    const { route, messageExtra: extra } = push?.envelope ?? {};
    const right = route?.from === people.self && route.source === "websocket";
    if (code(answer) !== 200 || !right || extra?.messageId === "7" || extra?.timestamp === 1) {
      failures.push(
        `forged in ${framing}: ${describe(answer)}, pushed ${JSON.stringify(push?.envelope)}`,
      );
    }
    if ((extra?.conversationSeq ?? 0) >= 7_000_000 || (extra?.pts ?? 0) >= 9_000_000) {
      failures.push(`forged in ${framing}: the client's numbers were taken`);
    }
    client.close();
  }
  reader.close();
  return failures;
}

async function otherContent(target: Target, people: People): Promise<string[]> {
  const client = await openAs(target, people.self);
  const localId = `${people.name}-twice`;
  const address = { to: people.friend };
  const first = await client.request(textMessage(1, address, localId, "one"));
  const again = await client.request(textMessage(1, address, localId, "one"));
  const other = await client.request(textMessage(1, address, localId, "two"));
  client.close();
  const same = first?.messageExtra?.messageId === again?.messageExtra?.messageId;
  const right = code(first) === 200 && code(again) === 200 && code(other) === 409;
  if (right && same && again?.messageExtra?.duplicate) return [];
  return [`sent twice: ${describe(first)}, ${describe(again)}; other: ${describe(other)}`];
}

/** 300 at once: those over the limit are 429, all others stored, and the connection stays. */
async function tooFast(target: Target, people: People): Promise<string[]> {
  const client = await openAs(target, people.self);
  const address = { to: people.friend };
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      client.request(textMessage(1, address, `${people.name}-fast-${index}`, "fast")),
    ),
  );
  const counts = new Map<number, number>();
  for (const answer of answers) counts.set(code(answer), (counts.get(code(answer)) ?? 0) + 1);
  console.log(`bad-input: 300 at once were answered {${[...counts].join("; ")}}`);
  const failures = client.isClosed ? ["too fast: the connection was closed"] : [];
  client.close();
  const taken = counts.get(200) ?? 0;
  const refused = counts.get(429) ?? 0;
  if (taken + refused !== 300) failures.push(`too fast: ${[...counts].join("; ")}`);
  if (refused === 0) failures.push("too fast: nothing was refused");
  if (taken < 90) failures.push(`too fast: only ${taken} of a burst of 100 were taken`);
  return failures;
}
