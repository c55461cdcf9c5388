// What a sender says in `control` and `options` beside the message: each field does what the page
// of fields says.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, createClient } from "../../../src/sdk/client.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { until } from "../../support/pace.ts";

const PATIENT = 20_000;

let server: TestServer;
const clients: Client[] = [];
const heard = new Map<string, Envelope[]>();

beforeAll(async () => {
  server = await startServer();
  for (const id of ["alice", "bob"]) await server.login(id);
  await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "alice", friendId: "bob" });
  await connected("bob", "im_web");
  await connected("alice", "im_pc_mac");
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

async function connected(
  id: string,
  deviceType: "im_web" | "im_pc_mac" | "im_app_ios",
  framing: (typeof FRAMINGS)[number] = "json",
): Promise<Client> {
  const { token = "" } = await server.login(id);
  const client = createClient({ url: server.url, token, deviceType, framing });
  clients.push(client);
  const events: Envelope[] = [];
  heard.set(`${id}/${deviceType}`, events);
  client.on("message", ({ envelope }) => events.push(envelope));
  await client.connect();
  return client;
}

const texts = (who: string) => (heard.get(who) ?? []).map(({ content }) => content?.text);

async function hears(who: string, text: string): Promise<Envelope> {
  expect(await until(() => texts(who).includes(text), 5000, 5)).toBe(true);
  return heard.get(who)?.find(({ content }) => content?.text === text) as Envelope;
}

test(
  "options are carried as they are, in each framing",
  async () => {
    const options = {
      bizType: "order",
      bizId: "4711",
      custom: '{"a":1}',
      extra: '{"b":[2]}',
      conversation: { top: true, mute: false, unread: true },
    };
    for (const framing of FRAMINGS) {
      const alice = await connected("alice", "im_web", framing);
      const text = `options by ${framing}`;
      expect(await alice.send({ to: "bob", text, options })).toMatchObject({ ok: true });
      expect((await hears("bob/im_web", text)).options).toEqual(options);
      await alice.close();
    }
  },
  PATIENT,
);

test(
  "with syncDevice false it is no event of the sender's own log, live or synced",
  async () => {
    for (const framing of FRAMINGS) {
      const alice = await connected("alice", "im_web", framing);
      const text = `mine alone by ${framing}`;
      const control = { syncDevice: false };
      const sent = await alice.send({ to: "bob", text, control, localId: text });
      expect(sent).toMatchObject({ ok: true });
      expect(sent.pts).toBeUndefined();
      await hears("bob/im_web", text);
      const after = `for all by ${framing}`;
      expect(await alice.send({ to: "bob", text: after })).toMatchObject({ ok: true });
      await hears("alice/im_pc_mac", after);
      expect(texts("alice/im_pc_mac")).not.toContain(text);
      const again = await alice.send({ to: "bob", text, control, localId: text });
      expect(again).toMatchObject({ ok: true, duplicate: true, messageId: sent.messageId });
      await alice.close();
    }
    const other = await server.login("alice");
    const { data } = await server.call("GET", "/openapi/v1/sync", other, { pts: "0" });
    expect(JSON.stringify(data)).not.toContain("mine alone");
    expect(JSON.stringify(data)).toContain("for all by");
    // It was said all the same: history has it.
    const { conversationId = "" } = (await hears("bob/im_web", "for all by json")).route ?? {};
    const history = await server.call("GET", "/openapi/v1/message", other, {
      conversationId: String(conversationId),
    });
    expect(JSON.stringify(history.data)).toContain("mine alone by json");
  },
  PATIENT,
);

test("a priority is from 0 to 9, in each framing and over HTTP", async () => {
  for (const framing of FRAMINGS) {
    const alice = await connected("alice", "im_web", framing);
    for (const priority of [0, 1, 5, 9]) {
      const sent = await alice.send({ to: "bob", text: "p", control: { priority } });
      expect(sent).toMatchObject({ ok: true });
    }
    const sent = await alice.send({ to: "bob", text: "p", control: { priority: 10 } });
    expect(sent).toMatchObject({ ok: false, code: 1004 });
    await alice.close();
  }
  const message = { from: "alice", to: "bob", content: { text: "p" }, localId: "p" };
  const given = { ...message, control: { priority: 10 } };
  const answer = await server.call("POST", "/openapi/v1/message", AS_APP, given);
  expect(answer).toMatchObject({ code: 1004, msg: "body.control.priority: not from 0 to 9" });
});

test(
  "with readTimeout it is told to who reads it, and goes so long after it was read",
  async () => {
    for (const framing of FRAMINGS) {
      const alice = await connected("alice", "im_web", framing);
      const text = `burns by ${framing}`;
      const sent = await alice.send({ to: "bob", text, control: { readTimeout: 1 } });
      expect(sent).toMatchObject({ ok: true });
      expect((await hears("bob/im_web", text)).options).toEqual({ readTimeout: 1 });
      const forged = { to: "bob", text: "forged", options: { readTimeout: 9 } };
      expect(await alice.send(forged)).toMatchObject({ ok: false, code: 1004 });
      await alice.close();
    }
    const kept = await server.call("POST", "/openapi/v1/message", AS_APP, {
      from: "alice",
      to: "bob",
      content: { text: "burns unread" },
      control: { readTimeout: 1 },
      localId: "burns",
    });
    const { conversationId, conversationSeq } = kept.data as {
      conversationId: string;
      conversationSeq: number;
    };
    const bob = clients[0] as Client;
    await bob.read(Number(conversationId), conversationSeq - 1);
    const history = async () => {
      const input = { userId: "bob", conversationId };
      const { data } = await server.call("GET", "/openapi/v1/message", AS_APP, input);
      return JSON.stringify(data);
    };
    const gone = async () => !(await history()).includes("burns by");
    expect(await until(gone, 10_000, 100)).toBe(true);
    expect(await history()).toContain("burns unread");
  },
  PATIENT,
);
