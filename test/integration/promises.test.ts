// The promises, one crash at a time: the worker's connections pass a proxy that stops them at the
// very statement a test names. The audit is off, so that nothing is healed behind a test's back.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { type Running, start } from "../../src/app/compose.ts";
import { readConfig } from "../../src/app/config.ts";
import { createLog } from "../../src/base/log.ts";
import { openRedis, type RedisConnection, reachRedis } from "../../src/redis/client.ts";
import { GATEWAYS, presenceKey, PRESENCE_BUCKETS, STREAM } from "../../src/redis/keys.ts";
import { SCRIPT } from "../../src/redis/scripts.ts";
import { type Client, createClient } from "../../src/sdk/client.ts";
import { call } from "../outside/http-client.ts";
import { until } from "../support/pace.ts";
import {
  freshDatabase,
  ON_CLUSTER,
  startRedis,
  type TestDatabase,
  type TestService,
} from "../support/services.ts";
import { WatchingProxy } from "../support/watching-proxy.ts";

const APP_KEY = "promises";
/** The end of the batch's statement; a connection says a statement's text once, then its name. */
const INSERT = "INSERT INTO inbox (user_id, pts, message_id";
const TAKE_LOCK = "linnet.writer";
const LOOK_AT_HOLDER = "pg_stat_activity";

let database: TestDatabase;
let redis: TestService;
let sql: postgres.Sql;
let gateway: Running;
let worker: Running;
let toPostgres: WatchingProxy;
let toRedis: WatchingProxy;
const others: Running[] = [];
const clients: Client[] = [];
let users = 0;

beforeAll(async () => {
  [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
  sql = postgres(database.url, { max: 2, onnotice: () => {} });
  toPostgres = await WatchingProxy.open(Number(new URL(database.url).port));
  toRedis = await WatchingProxy.open(redis.port);
  gateway = await run("gateway,api");
  worker = await runWorker();
}, 60_000);

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(others.splice(0).map((running) => running.stop()));
});

afterAll(async () => {
  await Promise.all([gateway.stop(), worker.stop()]);
  toPostgres.close();
  toRedis.close();
  await sql.end();
  await redis.kill9();
  await database.drop();
}, 60_000);

function run(roles: string, more: Record<string, string> = {}): Promise<Running> {
  return start(
    readConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      LINNET_APP_KEY: APP_KEY,
      LINNET_HOST: "127.0.0.1",
      LINNET_PORT: "0",
      LINNET_ROLES: roles,
      LINNET_LOG_LEVEL: "silent",
      LINNET_DRAIN_MS: "0",
      LINNET_AUDIT_SECONDS: "3600",
      LINNET_ANSWER_MS: "6000",
      ...more,
    }),
  );
}

/** A worker whose connections pass the proxies; a cluster's nodes are not reached by way of one. */
function runWorker(): Promise<Running> {
  return run("worker", {
    DATABASE_URL: toPostgres.through(database.url),
    REDIS_URL: ON_CLUSTER ? redis.url : toRedis.through(redis.url),
  });
}

async function connectRedis(): Promise<RedisConnection> {
  const connection = openRedis(redis.url, "test", createLog("silent", "test"));
  await reachRedis(connection, 5000);
  return connection;
}

/** One that remembers nothing, and has said no statement yet. */
async function renewWorker(): Promise<void> {
  await worker.stop();
  worker = await runWorker();
}

async function post(path: string, body: object, method = "POST") {
  const base = `http://127.0.0.1:${gateway.port}`;
  return await call(base, method, `/openapi/v1/${path}`, body, { appKey: APP_KEY });
}

/** Two friends who have never written to each other. */
async function friends(): Promise<[string, string]> {
  users += 2;
  const pair: [string, string] = [`p${users}`, `p${users + 1}`];
  for (const id of pair) expect((await post("user/register", { id })).code).toBe(200);
  const [userId, friendId] = pair;
  expect((await post("friend", { userId, friendId })).code).toBe(200);
  return pair;
}

function send(from: string, to: string, localId: string, more: object = {}) {
  return post("message", { from, to, localId, content: { text: localId }, ...more });
}

async function stored(localId: string): Promise<string[]> {
  const rows = await sql`SELECT id::text AS id FROM messages WHERE local_id = ${localId}`;
  return rows.map((row) => String(row["id"]));
}

/** A client of the user, with the texts that it was given. */
async function online(user: string, port: number): Promise<{ texts: string[] }> {
  const login = await post("user/login", { id: user });
  const client = createClient({
    url: `http://127.0.0.1:${port}`,
    token: String(login.data["token"]),
    deviceType: "im_web",
  });
  clients.push(client);
  const texts: string[] = [];
  client.on("message", ({ envelope }) => texts.push(envelope.content?.text ?? ""));
  const synced = new Promise<void>((done) => {
    client.on("synced", () => done());
  });
  await client.connect();
  await synced;
  return { texts };
}

test("what is answered is stored, also when the commit was cut and done again", async () => {
  const [from, to] = await friends();
  await renewWorker();
  const held = toPostgres.hold(INSERT);
  const answer = send(from, to, "cut-commit");
  (await held).cut();
  const { code, data } = await answer;
  expect(code).toBe(200);
  expect(await stored("cut-commit")).toEqual([String(data["messageId"])]);
  const inboxes = await sql`
    SELECT user_id, pts FROM inbox WHERE message_id = ${String(data["messageId"])}`;
  expect(inboxes.length).toBe(2);
}, 30_000);

// The proxy that cuts there stands before one server.
test.skipIf(ON_CLUSTER)(
  "what was committed and not pushed is pushed when it is read again",
  async () => {
    const [from, to] = await friends();
    const receiver = await online(to, gateway.port);
    const held = toRedis.hold(SCRIPT.deliver.sha);
    const answer = send(from, to, "cut-push");
    (await held).cut();
    const { code, data } = await answer;
    expect(code).toBe(200);
    expect(await stored("cut-push")).toEqual([String(data["messageId"])]);
    expect(await until(() => receiver.texts.includes("cut-push"), 5000)).toBe(true);
  },
  30_000,
);

test("who comes online while a message is being committed gets it as a push", async () => {
  const [from, to] = await friends();
  await renewWorker();
  others.push(await run("gateway"));
  const held = toPostgres.hold(INSERT);
  const answer = send(from, to, "during-commit");
  const statement = await held;
  const receiver = await online(to, gateway.port);
  statement.pass();
  expect((await answer).code).toBe(200);
  expect(await until(() => receiver.texts.includes("during-commit"), 3000)).toBe(true);
}, 30_000);

test("a second worker stands by while the first holds the lock", async () => {
  const second = await WatchingProxy.open(Number(new URL(database.url).port));
  const tries = [second.hold(TAKE_LOCK), second.hold(LOOK_AT_HOLDER)];
  others.push(await run("worker", { DATABASE_URL: second.through(database.url) }));
  for (const attempt of tries) (await attempt).pass();
  const [row] = await sql`
    SELECT count(*)::int AS count FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = 76`;
  expect(row?.["count"]).toBe(1);
  await others.pop()?.stop();
  second.close();
}, 30_000);

test("what waits in the stream when a writer begins is settled", async () => {
  const [from, to] = await friends();
  await worker.stop();
  const answer = send(from, to, "before-writer");
  const reader = await connectRedis();
  const entries = async () => Number(await reader.command(["XLEN", STREAM]));
  expect(await until(async () => (await entries()) > 0, 5000)).toBe(true);
  reader.close();
  worker = await runWorker();
  expect((await answer).code).toBe(200);
}, 30_000);

test("a message is known when no memory of it is left", async () => {
  const [from, to] = await friends();
  const first = await send(from, to, "known");
  await renewWorker();
  // The new writer has read all that there was: what comes now isn't a replay to it.
  expect((await send(from, to, "between")).code).toBe(200);
  expect((await send(from, to, "between-again")).code).toBe(200);
  const again = await send(from, to, "known");
  expect(again.code).toBe(200);
  expect(again.data["duplicate"]).toBe(true);
  expect(again.data["messageId"]).toBe(first.data["messageId"]);
  expect(again.data["conversationSeq"]).toBe(first.data["conversationSeq"]);
  expect(await stored("known")).toEqual([String(first.data["messageId"])]);
}, 30_000);

test("a writer that lost its session counts from what others wrote meanwhile", async () => {
  const [from, to] = await friends();
  const { data } = await send(from, to, "mine");
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'linnet writer'`;
  await sql`
    INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, cmd, type, flags,
      device_id, local_id, content)
    SELECT id + 1, conversation_id, seq + 1, sender_id, dedupe_key + 1, cmd, type, flags,
      device_id, 'theirs', content FROM messages WHERE id = ${String(data["messageId"])}`;
  // Their positions went on further than this conversation did.
  await sql`
    INSERT INTO inbox (user_id, pts, message_id)
    SELECT user_id, pts + more, message_id + 1 FROM inbox, generate_series(1, 3) AS more
    WHERE message_id = ${String(data["messageId"])}`;
  const next = await send(from, to, "mine-again");
  expect(next.code).toBe(200);
  expect(next.data["conversationSeq"]).toBe(Number(data["conversationSeq"]) + 2);
  expect(BigInt(String(next.data["messageId"]))).toBeGreaterThan(
    BigInt(String(data["messageId"])) + 1n,
  );
}, 30_000);

test("who was kicked is refused, however often it was let through before", async () => {
  const [owner, member] = await friends();
  const made = await post("group", { ownerId: owner, name: "g", memberIds: [member] });
  const conversationId = String(made.data["conversationId"]);
  const say = (localId: string) =>
    post("message", { from: member, conversationId, localId, content: { text: localId } });
  expect((await say("member-1")).code).toBe(200);
  const kicked = await post("group/member", { conversationId, userIds: [member] }, "DELETE");
  expect(kicked.code).toBe(200);
  expect((await say("member-2")).code).toBe(2003);
  expect(await stored("member-2")).toEqual([]);
}, 30_000);

test("clean-up of the newest message doesn't lower the next number", async () => {
  const [from, to] = await friends();
  const first = await send(from, to, "expires", { control: { ttl: 1 } });
  expect(first.data["conversationSeq"]).toBe(0);
  const isCleaned = async (): Promise<boolean> => {
    const rows = await sql`
      SELECT 1 FROM messages WHERE id = ${String(first.data["messageId"])} AND flags & 8 = 0`;
    return rows.length === 0;
  };
  expect(await until(isCleaned, 10_000)).toBe(true);
  // Another writer, so that the number comes from the table and not from memory.
  await renewWorker();
  expect((await send(from, to, "after")).data["conversationSeq"]).toBe(1);
}, 30_000);

test("a push that never came is pulled within the audit's time, without a reconnect", async () => {
  const [from, to] = await friends();
  const audited = await run("gateway", { LINNET_AUDIT_SECONDS: "1" });
  others.push(audited);
  const receiver = await online(to, audited.port);
  const presence = await connectRedis();
  for (let bucket = 0; bucket < PRESENCE_BUCKETS; bucket++) {
    await presence.command(["DEL", presenceKey(bucket)]);
  }
  presence.close();
  expect((await send(from, to, "unpushed")).code).toBe(200);
  expect(await until(() => receiver.texts.includes("unpushed"), 8000)).toBe(true);
}, 30_000);

test("who was let into a wide group follows it, also when that record was lost", async () => {
  const [owner, member] = await friends();
  const audited = await run("gateway", { LINNET_AUDIT_SECONDS: "1" });
  others.push(audited);
  const made = await post("group", { ownerId: owner, name: "wide", conversationType: 5 });
  const conversationId = String(made.data["conversationId"]);
  const say = async (localId: string) => {
    const message = { from: owner, conversationId, localId, content: { text: localId } };
    expect((await post("message", message)).code).toBe(200);
  };
  const receiver = await online(member, audited.port);
  const redisNow = await connectRedis();
  // Nobody is told of what goes to all gateways, until they have renewed their leases.
  await redisNow.command(["DEL", GATEWAYS]);
  await post("group/member", { conversationId, userIds: [member] });
  redisNow.close();
  await say("wide-1");
  expect(await until(() => receiver.texts.includes("wide-1"), 8000)).toBe(true);
  await say("wide-2");
  expect(await until(() => receiver.texts.includes("wide-2"), 8000)).toBe(true);
}, 30_000);
