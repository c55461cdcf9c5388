// Up to where a user's devices have everything: noted only where somebody may be pushed to, and an
// ack of ExampleIM's clients says it as a receipt does.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { createClient as createRedis } from "redis";
import { createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import { theirClient, type TheirClient } from "../exampleim/their-client.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { isFor } from "./providers.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";
/** Longer than it takes until a receipt is written. */
const PUSH_AFTER_MS = "2000";

let receiver: Receiver;
let pushing: TestServer;
let silent: TestServer;

beforeAll(async () => {
  receiver = startReceiver(SECRET);
  [pushing, silent] = await Promise.all([
    startServer({
      LINNET_PUSH_AFTER_MS: PUSH_AFTER_MS,
      LINNET_OUTGOING_HOSTS: "127.0.0.1",
      LINNET_PUSH_WEBHOOK_URL: `${receiver.url}/push`,
      LINNET_PUSH_WEBHOOK_SECRET: SECRET,
    }),
    startServer(),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all([pushing.stop(), silent.stop()]);
  receiver.stop();
});

/** The keys of who has what, once a device has synced by frames and over HTTP. */
async function keysAfterSync(server: TestServer): Promise<number> {
  const as = await server.login("reader");
  const client = createClient({ url: server.url, token: as.token ?? "", deviceType: "im_web" });
  await client.connect();
  const note = { to: "reader", content: { text: "hello" }, localId: crypto.randomUUID() };
  const sent = await server.call("POST", "/openapi/v1/message", AS_APP, note);
  expect(sent.code).toBe(200);
  expect((await client.received(1)).code).toBe(200);
  await server.call("GET", "/openapi/v1/sync", as, { pts: "0" });
  // Receipts are written in the same turn, after what was synced.
  const sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  const written = async () => (await sql`SELECT 1 FROM device_receipts`).length > 0;
  expect(await until(written, 5000, 20)).toBe(true);
  const redis = createRedis({ url: server.redis.url });
  await redis.connect();
  const keys = async () => (await redis.keys("{linnet:acknowledged:*")).length;
  if (server === pushing) expect(await until(async () => (await keys()) > 0, 5000, 20)).toBe(true);
  const found = await keys();
  redis.destroy();
  await Promise.all([sql.end(), client.close()]);
  return found;
}

test("what a device has is noted in Redis only where a provider is set", async () => {
  expect(await keysAfterSync(pushing)).toBe(1);
  expect(await keysAfterSync(silent)).toBe(0);
}, 20_000);

const say = async (to: string, text: string) => {
  const body = { from: "ann", to, content: { text }, localId: crypto.randomUUID() };
  expect((await pushing.call("POST", "/openapi/v1/message", AS_APP, body)).code).toBe(200);
};

const pushed = (token: string, text: string) => (one: { body: Record<string, unknown> }) =>
  one.body["token"] === token && one.body["body"] === text;

async function exampleim(id: string): Promise<TheirClient> {
  const { token = "" } = await pushing.login(id);
  const client = await theirClient(pushing.url, token, "im_app_ios");
  await client.ping();
  return client;
}

test("an ack of ExampleIM's clients counts, of a message and of the answer to a send", async () => {
  await pushing.login("ann");
  for (const id of ["abe", "cleo", "late"]) {
    await pushing.login(id);
    await pushing.call("POST", "/openapi/v1/friend", AS_APP, { userId: "ann", friendId: id });
    const device = { userId: id, provider: "webhook", token: `${id}-1` };
    await pushing.call("POST", "/openapi/v1/user/push-token", AS_APP, device);
  }
  // The writer knows of the last of them, and so of all.
  const known = async () => {
    await say("late", "first");
    return await until(() => receiver.posted.some(isFor("late-1")), 4000, 20);
  };
  expect(await until(known, 12_000, 10)).toBe(true);
  const [abe, cleo] = await Promise.all([exampleim("abe"), exampleim("cleo")]);
  await say("abe", "heard");
  abe.send({ frameType: 2, id: (await abe.hears("heard")).msg.msgId });
  await say("cleo", "before the own one");
  await cleo.hears("before the own one");
  const own = { chatType: 2, recvId: "ann", msg: { mType: 0, content: "mine" } };
  const chat = { frameType: 0, id: "own-1", method: "conversation.chat", data: own };
  expect((await cleo.ask(chat)).frameType).toBe(2);
  cleo.send({ frameType: 2, id: "own-1" });
  // An ack of something else says nothing.
  cleo.send({ frameType: 2, id: "of nothing" });
  // The turn of the second is over when the third is pushed, and what was due with it is decided.
  for (const text of ["second", "third"]) {
    await say("late", text);
    await receiver.wait(1, pushed("late-1", text));
  }
  expect(receiver.posted.filter(isFor("abe-1"))).toEqual([]);
  expect(receiver.posted.filter(isFor("cleo-1"))).toEqual([]);
  // Without an ack the next one is pushed, although the connection stands.
  await say("abe", "not heard");
  await abe.hears("not heard");
  abe.send({ frameType: 2, id: "of nothing" });
  await receiver.wait(1, pushed("abe-1", "not heard"));
  abe.close();
  cleo.close();
}, 40_000);
