// What messages say, looked at before they are taken: sensitive words by the administrators' list,
// spam scores, signatures, and content that is encrypted.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import postgres from "postgres";
import { type Client, createClient } from "../../../src/sdk/client.ts";
import { CMD } from "../../../src/wire/commands.ts";
import type { Control, Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { type As, AS_APP, type Answer, startServer, type TestServer } from "../http/server.ts";
import { type Receiver, startReceiver } from "../notify/receiver.ts";
import { until } from "../../support/pace.ts";

const ADMIN: As = { adminKey: "an-administrators-key-of-some-length", actor: "ada" };
const SIGN_KEY = "the-key-that-messages-are-signed-by";
const ASKED: Control = { security: { checkSensitive: true } };
const SECONDS = 1000;
const PATIENT = 20 * SECONDS;

let server: TestServer;
let scorer: Receiver;
let sql: postgres.Sql;
let bob: Client;
const heard: Envelope[] = [];
const events: Envelope[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  scorer = startReceiver("");
  scorer.answerWith = ({ body }) => {
    const { text = "" } = (body["content"] ?? {}) as { text?: string };
    if (text.includes("broken")) return 500;
    return Response.json({ score: text.includes("buy") ? 95 : 5 });
  };
  server = await startServer({
    LINNET_ADMIN_KEY: ADMIN.adminKey ?? "",
    LINNET_SPAM_URL: `${scorer.url}/score`,
    LINNET_OUTGOING_HOSTS: "127.0.0.1",
    LINNET_SIGN_KEY: SIGN_KEY,
  });
  sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  await server.login("alice");
  await server.login("bob");
  await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "alice", friendId: "bob" });
  bob = await connected("bob", "json");
  bob.on("message", ({ envelope }) => heard.push(envelope));
  bob.on("event", ({ envelope }) => events.push(envelope));
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await sql.end();
  await server.stop();
  scorer.stop();
});

async function connected(id: string, framing: (typeof FRAMINGS)[number]): Promise<Client> {
  const { token = "" } = await server.login(id);
  const client = createClient({ url: server.url, token, deviceType: "im_web", framing });
  clients.push(client);
  await client.connect();
  return client;
}

const admin = (method: string, path: string, input: unknown = {}): Promise<Answer> =>
  server.call(method, `/openapi/v1/admin/${path}`, ADMIN, input);

async function say(text: string, control: object = {}, more: object = {}): Promise<Answer> {
  const localId = crypto.randomUUID();
  const message = { from: "alice", to: "bob", content: { text }, control, localId, ...more };
  return await server.call("POST", "/openapi/v1/message", AS_APP, message);
}

/** The next message that bob hears with this in its text. */
async function hears(part: string): Promise<Envelope> {
  const find = () => heard.find(({ content }) => content?.text?.includes(part) === true);
  expect(await until(() => find() !== undefined, 5 * SECONDS, 5)).toBe(true);
  return find() as Envelope;
}

/** Settles when the gateway goes by the list as it is now. */
async function loaded(text: string, becomes: string): Promise<void> {
  const marker = crypto.randomUUID();
  const clean = async () => {
    await say(`${marker} ${text}`, ASKED);
    const texts = heard.map(({ content }) => content?.text);
    return texts.includes(`${marker} ${becomes}`);
  };
  expect(await until(clean, 8 * SECONDS, 100)).toBe(true);
}

test(
  "words are listed, changed and removed, and who isn't an administrator can't",
  async () => {
    const words = ["Snake Oil", "ｂａｄ", "词语"];
    expect(await admin("POST", "word", { words })).toMatchObject({ data: { changed: 3 } });
    expect(await admin("POST", "word", { words })).toMatchObject({ data: { changed: 0 } });
    expect((await admin("POST", "word", { words: ["worst"], action: "refuse" })).code).toBe(200);
    const first = await admin("GET", "word", { limit: "2" });
    expect(first.data).toMatchObject({ words: [{ word: "ｂａｄ" }, { word: "Snake Oil" }] });
    const { after } = first.data as { after: string };
    expect((await admin("GET", "word", { limit: "2", after })).data).toEqual({
      words: [
        { word: "worst", action: "refuse" },
        { word: "词语", action: "replace" },
      ],
      after: "",
    });
    expect((await admin("POST", "word", { words: ["\u200b"] })).code).toBe(1004);
    expect((await admin("POST", "word", { words: ["x".repeat(101)] })).code).toBe(413);
    expect((await server.call("POST", "/openapi/v1/admin/word", AS_APP, { words })).code).toBe(401);
  },
  PATIENT,
);

test(
  "within seconds they are replaced in whatever asks for it, in each framing",
  async () => {
    await loaded("so bad", "so ***");
    for (const framing of FRAMINGS) {
      const alice = await connected("alice", framing);
      const content = {
        text: `${framing}: SNAKE-oil, snake OIL, ＢＡＤ and 这个词语`,
        quote: { msgId: "7", text: "quoted bad" },
        extension: '{"bad":true}',
      };
      const sent = await alice.send({ to: "bob", content, control: ASKED });
      expect(sent).toMatchObject({ ok: true });
      const envelope = await hears(`${framing}:`);
      expect(envelope.content).toEqual({
        text: `${framing}: SNAKE-oil, *********, *** and 这个**`,
        quote: { msgId: "7", text: "quoted ***" },
        extension: '{"bad":true}',
      });
      // The sender's other devices and whoever syncs later read the same.
      const [row] = await sql`
      SELECT convert_from(content, 'UTF8') AS said FROM messages
      WHERE id = ${sent.messageId ?? "0"}`;
      expect(row?.["said"]).not.toContain("snake OIL");
      expect(await alice.send({ to: "bob", text: "the wOrSt", control: ASKED })).toMatchObject({
        ok: false,
        code: 3006,
      });
      await alice.close();
    }
  },
  PATIENT,
);

test(
  "what doesn't ask is left as it is, by the policy of this server",
  async () => {
    expect((await say("unasked: bad and worst")).code).toBe(200);
    await hears("unasked: bad and worst");
  },
  PATIENT,
);

test(
  "an edit says no more than a message may, over a connection and over HTTP",
  async () => {
    await loaded("so bad", "so ***");
    const alice = await connected("alice", "proto");
    const sent = await alice.send({ to: "bob", text: "harmless" });
    const { conversationId } = await hears("harmless").then(({ route }) => route ?? {});
    const { messageId = "" } = sent;
    const byFrame = async (text: string, control: Control) => {
      return (await alice.edit(conversationId ?? "", messageId, { text }, control)).code;
    };
    const byHttp = async (text: string, control: Control) => {
      const input = { userId: "alice", conversationId: String(conversationId), messageId };
      const edit = { ...input, content: { text }, control };
      return (await server.call("POST", "/openapi/v1/message/edit", AS_APP, edit)).code;
    };
    const scored: Control = { security: { checkSpam: true } };
    const ways = { byFrame, byHttp };
    for (const [way, edit] of Object.entries(ways)) {
      expect([way, await edit("the worst", ASKED)]).toEqual([way, 3006]);
      expect([way, await edit("buy this", scored)]).toEqual([way, 3006]);
      // Encryption is not what an edit can say of a message.
      const veiled = { security: { checkSensitive: true, encryption: "aes" } };
      expect([way, await edit("the worst", veiled)]).toEqual([way, 3006]);
      expect([way, await edit(`${way} is bad`, ASKED)]).toEqual([way, 200]);
      const isEdit = ({ cmd, content }: Envelope) =>
        cmd === CMD.edit && content?.text === `${way} is ***`;
      expect(await until(() => events.some(isEdit), 5 * SECONDS, 5)).toBe(true);
      const [row] = await sql`
        SELECT convert_from(content, 'UTF8') AS said FROM messages WHERE id = ${messageId}`;
      expect(row?.["said"]).toContain(`${way} is ***`);
    }
    expect(events.filter(({ cmd }) => cmd === CMD.edit).length).toBe(2);
    await alice.close();
  },
  PATIENT,
);

test(
  "sent again it is the same message, also when its words are refused by now",
  async () => {
    const localId = "sent-before";
    const once = await say("grumble and bad", ASKED, { localId });
    const again = await say("grumble and bad", ASKED, { localId });
    expect(again.data).toMatchObject({
      messageId: (once.data as { messageId: string }).messageId,
      duplicate: true,
    });
    const kept = await say("mumble", ASKED, { localId: "kept" });
    await admin("POST", "word", { words: ["mumble"], action: "refuse" });
    const refused = async () => (await say("mumble", ASKED)).code === 3006;
    expect(await until(refused, 8 * SECONDS, 100)).toBe(true);
    const repeated = await say("mumble", ASKED, { localId: "kept" });
    expect(repeated.data).toMatchObject({
      messageId: (kept.data as { messageId: string }).messageId,
      duplicate: true,
    });
  },
  PATIENT,
);

test(
  "a word that was removed is said again",
  async () => {
    const words = ["bad", "mumble"];
    expect(await admin("DELETE", "word", { words })).toMatchObject({ data: { changed: 2 } });
    await loaded("bad again", "bad again");
  },
  PATIENT,
);

test(
  "a spam score is asked for by who asks, and who can't be scored passes",
  async () => {
    const scored = { security: { checkSpam: true } };
    const asked = scorer.posted.length;
    expect((await say("buy now")).code).toBe(200);
    expect(scorer.posted.length).toBe(asked);
    expect(await say("buy now", scored)).toMatchObject({ code: 3006, msg: "it is spam" });
    expect((await say("hello", scored)).code).toBe(200);
    expect((await say("broken", scored)).code).toBe(200);
    expect(scorer.posted.length).toBe(asked + 3);
    const encrypted = { security: { checkSpam: true, encryption: "aes" } };
    expect((await say("buy sealed", encrypted)).code).toBe(200);
    expect(scorer.posted.length).toBe(asked + 3);
  },
  PATIENT,
);

test(
  "encrypted content is opaque: no word is looked for, nothing is searched",
  async () => {
    const control = { security: { checkSensitive: true, encryption: "aes-256-gcm" } };
    const sent = await say("sealed worst snake oil", control);
    expect(sent.code).toBe(200);
    await hears("sealed worst snake oil");
    const { messageId } = sent.data as { messageId: string };
    expect((await admin("GET", "message", { messageId })).data).toMatchObject({ encrypted: true });
    expect((await say("findable words")).code).toBe(200);
    const search = (text: string) =>
      server.call("GET", "/openapi/v1/search", AS_APP, { userId: "bob", text });
    const found = async (text: string) =>
      ((await search(text)).data as { messages: object[] }).messages.length;
    expect(await until(async () => (await found("findable")) > 0, 8 * SECONDS, 50)).toBe(true);
    expect(await found("sealed")).toBe(0);
  },
  PATIENT,
);

test(
  "a signature reaches the recipients, and a wrong one is refused",
  async () => {
    const localId = "signed-1";
    const sign = createHmac("sha256", SIGN_KEY)
      .update(`alice\n${localId}\n1\nsigned`)
      .digest("hex");
    for (const framing of FRAMINGS) {
      const alice = await connected("alice", framing);
      const mine = createHmac("sha256", SIGN_KEY)
        .update(`alice\nby-${framing}\n1\nsigned ${framing}`)
        .digest("hex");
      const sent = await alice.send({
        to: "bob",
        text: `signed ${framing}`,
        localId: `by-${framing}`,
        control: { security: { sign: mine } },
        options: { bizType: "order" },
      });
      expect(sent).toMatchObject({ ok: true });
      expect((await hears(`signed ${framing}`)).options).toEqual({ bizType: "order", sign: mine });
      const forged = { to: "bob", text: "forged", options: { sign: mine } };
      expect(await alice.send(forged)).toMatchObject({ ok: false, code: 1004 });
      await alice.close();
    }
    const control = { security: { sign } };
    expect((await say("signed!", control, { localId, type: 1 })).code).toBe(403);
    expect((await say("signed", control, { localId, type: 1 })).code).toBe(200);
  },
  PATIENT,
);
