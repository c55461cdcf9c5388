// What is said in `control` holds for each message of a broadcast as for one that is sent to one
// user: to some, to all, and by the process that takes over.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import postgres from "postgres";
import { createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { type Answer, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { isFor } from "../notify/providers.ts";
import { type Receiver, startReceiver } from "../notify/receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";
const TOKEN = "the-token-of-one-callback";
const SIGN_KEY = "the-key-that-messages-are-signed-by";
const ADMIN = { adminKey: "an-administrators-key-of-some-length", actor: "ada" };
const BROADCAST = "/openapi/v1/broadcast";
const PATIENT = 20_000;
/** One is written to alone, the others are told by a broadcast. */
const ALONE = "one";
const OTHERS = ["two", "six"];
const EVERYBODY = [ALONE, ...OTHERS];

let server: TestServer;
let sql: postgres.Sql;
let receiver: Receiver;
let callbacks: Receiver;

beforeAll(async () => {
  receiver = startReceiver(SECRET);
  callbacks = startReceiver(TOKEN);
  receiver.answerWith = ({ path }) => (path === "/score" ? Response.json({ score: 99 }) : 200);
  server = await startServer({
    LINNET_ADMIN_KEY: ADMIN.adminKey,
    LINNET_PUSH_AFTER_MS: "200",
    LINNET_OUTGOING_HOSTS: "127.0.0.1",
    LINNET_PUSH_WEBHOOK_URL: `${receiver.url}/push`,
    LINNET_PUSH_WEBHOOK_SECRET: SECRET,
    LINNET_CALLBACK_URLS: `${callbacks.url}/told`,
    LINNET_SIGN_KEY: SIGN_KEY,
    LINNET_SPAM_URL: `${receiver.url}/score`,
  });
  sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  const words = ["snake oil"];
  await server.call("POST", "/openapi/v1/admin/word", ADMIN, { words });
  for (const userId of EVERYBODY) {
    await server.login(userId);
    const device = { userId, provider: "webhook", token: userId };
    expect((await server.call("POST", "/openapi/v1/user/push-token", AS_APP, device)).code).toBe(
      200,
    );
  }
  // The writer comes to know of their devices within a second.
  for (const userId of EVERYBODY) {
    const isPushed = () => receiver.posted.some(isFor(userId));
    const again = async () => {
      await said({ content: { text: "hello" }, to: userId });
      return await until(isPushed, 1000, 20);
    };
    expect(await until(again, 8000, 10)).toBe(true);
  }
}, 60_000);

afterAll(async () => {
  await sql.end();
  await server.stop();
  receiver.stop();
  callbacks.stop();
});

/** A message of the system, to one. */
async function said(message: object): Promise<Answer> {
  const body = { localId: crypto.randomUUID(), ...message };
  return await server.call("POST", "/openapi/v1/message", AS_APP, body);
}

/** A broadcast; to all without `userIds`. */
async function told(message: object): Promise<Answer> {
  return await server.call("POST", BROADCAST, AS_APP, { localId: crypto.randomUUID(), ...message });
}

interface Row {
  name: string;
  id: string;
  conversation_id: string;
  seq: number;
  mentioned: boolean | null;
}

/** The messages of each user with this text, once all have one. */
async function rowsOf(text: string, users: readonly string[]): Promise<Row[]> {
  let rows: Row[] = [];
  const all = async () => {
    rows = await sql<Row[]>`
      SELECT u.external_id AS name, m.id::text, m.conversation_id::text, m.seq::int, i.mentioned
      FROM messages m JOIN inbox i ON i.message_id = m.id JOIN users u ON u.id = i.user_id
      WHERE position(${text}::text IN encode(m.content, 'escape')) > 0 ORDER BY u.id`;
    return rows.length >= users.length;
  };
  expect(await until(all, 8000, 20)).toBe(true);
  expect(rows.map(({ name }) => name).sort()).toEqual([...users].sort());
  return rows;
}

/** Said to one user and told to the others, or told to all: the message of each. */
async function saidAndTold(text: string, more: object, toAll = false): Promise<Row[]> {
  const body = { type: 1, content: { text }, ...more };
  if (!toAll) expect((await said({ ...body, to: ALONE })).code).toBe(200);
  expect((await told(toAll ? body : { ...body, userIds: OTHERS })).code).toBe(200);
  return await rowsOf(text, EVERYBODY);
}

/** What a user reads of his message, without what is its own. */
async function shown({ name, conversation_id: conversationId, id }: Row): Promise<object> {
  const input = { userId: name, conversationId };
  const { data } = await server.call("GET", "/openapi/v1/message", AS_APP, input);
  const { messages } = data as { messages: Envelope[] };
  const found = messages.find(({ messageExtra }) => messageExtra?.messageId === id);
  const { header: _, messageExtra: _of, ...rest } = found ?? {};
  const { conversationId: _in, ...route } = found?.route ?? {};
  return { ...rest, route };
}

/** What was pushed of each, without what is its own. */
async function pushed(rows: readonly Row[]): Promise<Record<string, unknown>[]> {
  return await Promise.all(
    rows.map(async ({ id }) => {
      const [posted] = await receiver.wait(1, ({ body }) => body["messageId"] === id);
      const {
        token: _,
        messageId: _m,
        conversationId: _c,
        badge: _b,
        ...rest
      } = posted?.body ?? {};
      return rest;
    }),
  );
}

/** Each reads his own. */
async function readBy(rows: readonly Row[]): Promise<void> {
  for (const { name, conversation_id: conversationId, seq } of rows) {
    const { token = "" } = await server.login(name);
    const client = createClient({ url: server.url, token, deviceType: "im_web" });
    await client.connect();
    expect((await client.read(conversationId, seq)).code).toBe(200);
    await client.close();
  }
}

async function readersOf({ conversation_id: conversationId, id: messageId }: Row): Promise<object> {
  const input = { conversationId, messageId };
  return (await server.call("GET", "/openapi/v1/message/readers", AS_APP, input)).data as object;
}

function areAlike<T>(all: readonly T[]): T {
  for (const each of all) expect(each).toEqual(all[0] as T);
  return all[0] as T;
}

test(
  "each is pushed as it was wished, and not in clear what is encrypted",
  async () => {
    const push = { title: "Choir", content: "practice", sound: "bell", payload: '{"a":1}' };
    for (const toAll of [false, true]) {
      const rows = await saidAndTold(`sing ${toAll}`, { control: { push } }, toAll);
      const words = { title: "Choir", body: "practice", sound: "bell", payload: '{"a":1}' };
      expect(areAlike(await pushed(rows))).toMatchObject(words);
    }
    const encrypted = { control: { security: { encryption: "e2e" } } };
    const sealed = areAlike(await pushed(await saidAndTold("b3BhcXVl", encrypted)));
    expect(sealed["body"]).toBe("New message");
  },
  PATIENT,
);

test(
  "a callback is told of each, and its token is kept no longer than needed",
  async () => {
    const callback = { enable: true, url: `${callbacks.url}/told`, security: { token: TOKEN } };
    const options = { bizType: "greeting" };
    const rows = await saidAndTold("called back", { control: { callback }, options });
    for (const row of rows) {
      const isOf = ({ body }: { body: Record<string, unknown> }) => body["messageId"] === row.id;
      const [posted] = await callbacks.wait(1, isOf);
      expect(posted).toMatchObject({ signed: true, body: { event: "message.stored" } });
    }
    expect(areAlike(await Promise.all(rows.map(shown)))).toMatchObject({ options });
    const ended = async () =>
      (await sql`SELECT FROM broadcasts WHERE finished_at IS NULL`).length === 0;
    expect(await until(ended, 5000, 20)).toBe(true);
    const kept = await sql`
      SELECT FROM broadcasts WHERE position(${TOKEN}::text IN encode(options, 'escape')) > 0`;
    expect(kept).toHaveLength(0);
  },
  PATIENT,
);

test(
  "options, mentions, signature and the time after reading are those of a message to one",
  async () => {
    const text = "carried";
    const localId = "the broadcast's own";
    const signed = ["", localId, "1", text].join("\n");
    const sign = createHmac("sha256", SIGN_KEY).update(signed).digest("hex");
    const control = { readTimeout: 1, security: { sign } };
    const options = { bizType: "order", bizId: "7", conversation: { unread: false } };
    const content = { text, mentions: { uids: [ALONE, "six"] } };
    const rows = await saidAndTold(text, { content, control, options, localId });
    const carried = { options: { ...options, sign, readTimeout: 1 } };
    expect(areAlike(await Promise.all(rows.map(shown)))).toMatchObject(carried);
    expect(rows.map(({ name, mentioned }) => [name, mentioned === true])).toEqual([
      [ALONE, true],
      ["two", false],
      ["six", true],
    ]);
    await readBy(rows);
    const left = async () => JSON.stringify(await Promise.all(rows.map(shown)));
    expect(await until(async () => !(await left()).includes(text), 8000, 100)).toBe(true);
  },
  PATIENT,
);

test(
  "who has read it is told where the sender wants to know",
  async () => {
    const wanted = await saidAndTold("wanted", {});
    const unwanted = await saidAndTold("no receipt", { control: { needReceipt: false } });
    const delivered = await saidAndTold("delivered", { control: { receiptType: 1 } });
    await readBy(delivered);
    for (const row of wanted) expect(await readersOf(row)).toMatchObject({ userIds: [row.name] });
    const none = await Promise.all([...unwanted, ...delivered].map(readersOf));
    expect(areAlike(none)).toMatchObject({ userIds: [] });
  },
  PATIENT,
);

test(
  "what a message to one is refused for a broadcast is refused for, at once",
  async () => {
    const spam = { security: { checkSpam: true } };
    const elsewhere = { callback: { enable: true, url: "http://127.0.0.1:1/told" } };
    const long = { push: { title: "x".repeat(9000) } };
    const cases: [code: number, control: object][] = [
      [3006, spam],
      [403, elsewhere],
      [403, { security: { sign: "not it" } }],
      [413, long],
      [1004, { priority: 10 }],
    ];
    for (const [code, control] of cases) {
      const body = { content: { text: "refused" }, control };
      const answer = await said({ ...body, to: ALONE });
      expect([control, answer.code]).toEqual([control, code]);
      expect(await told(body)).toMatchObject({ code, msg: answer.msg });
    }
    const content = { text: "refused" };
    const later = await told({ content, control: { sendAt: Date.now() + 1000 } });
    expect(later).toMatchObject({ code: 3003, msg: "body.control.sendAt: not in broadcasts" });
    expect(await sql`SELECT FROM broadcasts WHERE content::text LIKE '%refused%'`).toHaveLength(0);
  },
  PATIENT,
);

test(
  "its words and its score are looked at once, not for each",
  async () => {
    const control = { security: { checkSensitive: true, checkSpam: true } };
    const known = async () => {
      const text = crypto.randomUUID();
      const sent = await said({ content: { text: `${text} snake oil` }, control, to: ALONE });
      const [row] = await rowsOf(text, [ALONE]);
      return sent.code === 200 && JSON.stringify(await shown(row as Row)).includes("*****");
    };
    receiver.answerWith = () => Response.json({ score: 1 });
    expect(await until(known, 8000, 100)).toBe(true);
    const scores = () => receiver.posted.filter(({ path }) => path === "/score").length;
    const before = scores();
    const text = "the best snake oil";
    const body = { type: 1, content: { text }, control, localId: "oil" };
    const made = await told(body);
    const rows = await rowsOf("the best *********", EVERYBODY);
    expect(rows).toHaveLength(3);
    expect(scores()).toBe(before + 1);
    const { broadcastId } = made.data as { broadcastId: string };
    expect(await told(body)).toMatchObject({ data: { broadcastId, duplicate: true } });
    // What is refused by now was said before.
    receiver.answerWith = () => Response.json({ score: 99 });
    const again = { ...body, content: { text: "the best *********" } };
    expect(await told(again)).toMatchObject({ data: { broadcastId, duplicate: true } });
    expect((await told({ ...again, localId: "oil again" })).code).toBe(3006);
  },
  PATIENT,
);
