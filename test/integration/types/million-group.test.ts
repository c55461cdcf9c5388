// What a send into a group of 100,000 members costs, and that 1,000 members cost the same: rows in
// Postgres, commands and delivery records in Redis, with 1,000 members online at two gateways.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { RedisClient } from "bun";
import postgres from "postgres";
import { call, type HttpAnswer } from "../../outside/http-client.ts";
import { code, RawClient, textMessage } from "../../outside/raw-client.ts";
import { deliveryCountKey, GATEWAYS, STREAM } from "../../../src/redis/keys.ts";
import { type Fleet, startFleet } from "../../support/fleet.ts";
import { inParallel, until } from "../../support/pace.ts";

const ONLINE = 1000;
const SMALL = 1000;
const LARGE = 100_000;
const SENDS = 20;
const MILLION_GROUP = 5;
const STEP = 500;

let fleet: Fleet;
let sql: postgres.Sql;
let redis: RedisClient;
const clients: RawClient[] = [];
/** Texts that each connection was pushed. */
const heard = new Map<string, number>();

beforeAll(async () => {
  fleet = await startFleet({ roles: ["gateway,worker,api", "gateway,api"] });
  sql = postgres(fleet.databaseUrl, { max: 2 });
  redis = new RedisClient(fleet.redisUrl);
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  redis.close();
  await sql.end();
  await fleet.end();
}, 60_000);

async function asApp(method: string, path: string, body: object): Promise<HttpAnswer> {
  const url = fleet.urls[0] as string;
  const answer = await call(url, method, `/openapi/v1/${path}`, body, { appKey: fleet.appKey });
  expect(answer.code).toBe(200);
  return answer;
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `crowd-${from + n}`);

/** Made and filled by the calls that an application makes, in steps. */
async function makeGroup(members: number): Promise<string> {
  const [ownerId = "", ...others] = names(0, members);
  const first = { ownerId, memberIds: others.slice(0, STEP), conversationType: MILLION_GROUP };
  const { data } = await asApp("POST", "group", first);
  const conversationId = String(data["conversationId"]);
  for (let at = STEP; at < others.length; at += STEP) {
    const userIds = others.slice(at, at + STEP);
    await asApp("POST", "group/member", { conversationId, userIds });
  }
  return conversationId;
}

/** The rest by SQL: the members are what counts here, not how they came. */
async function fill(conversationId: string, members: number): Promise<void> {
  await sql`
    INSERT INTO users (external_id)
    SELECT 'crowd-' || n FROM generate_series(${SMALL}::int, ${members - 1}::int) AS n`;
  await sql`
    INSERT INTO members (conversation_id, user_id)
    SELECT ${conversationId}, id FROM users ON CONFLICT DO NOTHING`;
}

/**
 * Without what goes on by the clock, whoever sends: leases and presence renewed, streams awaited.
 * HMGET is the look-up of users, XADD an entry of the stream or a delivery record.
 */
const OF_SENDS = ["xadd", "xdel", "incr", "incrby", "hmget", "smembers", "publish"];

async function commandCalls(): Promise<Record<string, number>> {
  const info = String(await redis.send("INFO", ["commandstats"]));
  const calls = Object.fromEntries(OF_SENDS.map((name) => [name, 0]));
  for (const [, name = "", count] of info.matchAll(/cmdstat_(\w+):calls=(\d+)/g)) {
    if (name in calls) calls[name] = Number(count);
  }
  return calls;
}

async function deliveryRecords(): Promise<number[]> {
  const ids = (await redis.send("ZRANGE", [GATEWAYS, "0", "-1"])) as string[];
  return await Promise.all(ids.map(async (id) => Number(await redis.get(deliveryCountKey(id)))));
}

async function rows(): Promise<{ messages: number; inbox: number; events: number; all: number }> {
  const [counted] = await sql`SELECT
    (SELECT count(*)::int FROM messages) AS messages,
    (SELECT count(*)::int FROM inbox) AS inbox, (SELECT count(*)::int FROM events) AS events,
    (SELECT count(*)::int FROM members) AS all`;
  return counted as { messages: number; inbox: number; events: number; all: number };
}

/** The writer deletes what it has settled after it was answered. */
async function settled(): Promise<void> {
  expect(await until(async () => Number(await redis.send("XLEN", [STREAM])) === 0, 5000)).toBe(
    true,
  );
}

interface Cost {
  messages: number;
  inbox: number;
  events: number;
  all: number;
  commands: Record<string, number>;
  records: number[];
}

async function costOfSends(conversationId: string, run: string): Promise<Cost> {
  const sender = clients[0] as RawClient;
  const warm = textMessage(2, { conversationId }, `${run}-warm`, "warm");
  expect(code(await sender.request(warm))).toBe(200);
  await settled();
  const before = { ...(await rows()), records: await deliveryRecords() };
  const commands = await commandCalls();
  for (let n = 0; n < SENDS; n++) {
    const message = textMessage(2, { conversationId }, `${run}-${n}`, `${run} ${n}`);
    expect(code(await sender.request(message))).toBe(200);
  }
  await settled();
  const used = await commandCalls();
  for (const name of OF_SENDS) used[name] = (used[name] ?? 0) - (commands[name] ?? 0);
  const after = { ...(await rows()), records: await deliveryRecords() };
  const last = `${run} ${SENDS - 1}`;
  await until(() => heard.get(last) === ONLINE - 1, 10_000, 10);
  expect(heard.get(last)).toBe(ONLINE - 1);
  return {
    messages: after.messages - before.messages,
    inbox: after.inbox - before.inbox,
    events: after.events - before.events,
    all: after.all - before.all,
    commands: used,
    records: after.records.map((count, index) => count - (before.records[index] ?? 0)),
  };
}

test("a send costs the same for 1,000 members and 100,000, of whom 1,000 are online", async () => {
  const tokens = new Map<string, string>();
  await inParallel(names(0, SMALL), 16, async (id) => {
    const { data } = await asApp("POST", "user/login", { id });
    tokens.set(id, String(data["token"]));
  });
  const small = await makeGroup(SMALL);
  const large = await makeGroup(SMALL);
  await fill(large, LARGE);
  await inParallel(names(0, ONLINE), 32, async (id, index) => {
    const client = new RawClient({
      base: fleet.urls[index % 2] as string,
      token: tokens.get(id) ?? "",
      device: "im_web",
      keep: index === 0,
      onFrame({ envelope }) {
        const text = envelope.direction === 3 ? envelope.content?.text : undefined;
        if (text !== undefined) heard.set(text, (heard.get(text) ?? 0) + 1);
      },
    });
    if (index === 0) clients.unshift(client);
    else clients.push(client);
    await until(() => client.greeting !== undefined, 20_000, 20);
  });
  const [counted] = await sql`
    SELECT count(*)::int AS members FROM members WHERE conversation_id = ${large}`;
  expect(counted).toEqual({ members: LARGE });
  const ofSmall = await costOfSends(small, "small");
  const ofLarge = await costOfSends(large, "large");
  for (const cost of [ofSmall, ofLarge]) {
    expect(cost).toMatchObject({ messages: SENDS, inbox: 0, events: 0, all: 0 });
    // One for each of the two gateways and send; the writer's own takes none through Redis.
    expect(cost.records.length).toBe(2);
    for (const records of cost.records) expect(records).toBeLessThanOrEqual(SENDS);
  }
  // An entry of the stream and a record for the gateway that is not the writer's own.
  expect(ofLarge.commands).toMatchObject({ xadd: 2 * SENDS, incr: SENDS, hmget: 0 });
  for (const [name, calls] of Object.entries(ofLarge.commands)) {
    // A counter that the writer sets right counts here too.
    expect(Math.abs(calls - (ofSmall.commands[name] ?? 0))).toBeLessThanOrEqual(2);
  }
}, 90_000);
