// The host application's word before a message is taken, and callbacks of single messages.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient, type Client } from "../../../src/sdk/client.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { until } from "../../support/pace.ts";
import { AS_APP, startServer, type As, type TestServer } from "../http/server.ts";
import { type Posted, type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";
const TOKEN = "the-token-of-one-callback";

let server: TestServer;
let receiver: Receiver;
let callbacks: Receiver;
let ann: As;
let ben: Client;
const heard: string[] = [];
const edited: Client[] = [];

/** What the hook says, by the text of the message. */
function judge({ body }: Posted): Response | number {
  const { text = "" } = (body["content"] ?? {}) as { text?: string };
  if (text.startsWith("bad")) {
    return Response.json({ action: "refuse", code: 3006, message: "mind your words" });
  }
  if (text.startsWith("forbidden")) return Response.json({ action: "refuse", code: 403 });
  if (text.startsWith("odd")) return Response.json({ action: "refuse", code: 7 });
  if (text.startsWith("rewrite")) {
    return Response.json({ action: "rewrite", content: { text: "rewritten" } });
  }
  if (text.startsWith("broken")) return 500;
  if (text.startsWith("shape")) {
    return Response.json({ action: "rewrite", content: { text: 5 } });
  }
  return Response.json({ action: "allow" });
}

beforeAll(async () => {
  receiver = startReceiver(SECRET);
  callbacks = startReceiver(TOKEN);
  receiver.answerWith = judge;
  server = await startServer({
    LINNET_BEFORE_SEND_URL: `${receiver.url}/ask`,
    LINNET_WEBHOOK_SECRET: SECRET,
    LINNET_OUTGOING_HOSTS: "127.0.0.1",
    LINNET_CALLBACK_URLS: `${callbacks.url}/told`,
  });
  ann = await server.login("ann");
  const { token = "" } = await server.login("ben");
  await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "ann", friendId: "ben" });
  ben = createClient({ url: server.url, token, deviceType: "im_web" });
  ben.on("message", ({ envelope }) => heard.push(envelope.content?.text ?? ""));
  await ben.connect();
}, 60_000);

afterAll(async () => {
  await Promise.all([ben, ...edited].map((client) => client.close()));
  await server.stop();
  receiver.stop();
  callbacks.stop();
});

async function say(text: string, control: object = {}) {
  const body = { from: "ann", to: "ben", content: { text }, control, localId: crypto.randomUUID() };
  return await server.call("POST", "/openapi/v1/message", ann, body);
}

test("allowed, refused with a reason, rewritten; what can't be asked is not taken", async () => {
  expect((await say("good")).code).toBe(200);
  expect(await say("bad")).toMatchObject({ code: 3006, msg: "mind your words" });
  expect((await say("forbidden")).code).toBe(403);
  expect((await say("odd")).code).toBe(3006);
  expect((await say("rewrite me")).code).toBe(200);
  expect((await say("broken")).code).toBe(503);
  expect((await say("shape")).code).toBe(503);
  const asked = receiver.posted.filter(({ path }) => path === "/ask");
  expect(asked).toHaveLength(7);
  expect(asked.every(({ signed }) => signed)).toBe(true);
  expect(asked[0]?.body).toMatchObject({ from: "ann", to: "ben", content: { text: "good" } });
  const { data } = await server.call("GET", "/openapi/v1/message", ann, {
    userId: "ann",
    conversationId: (await conversation()).conversationId,
  });
  const texts = (data as { messages: { content: { text: string } }[] }).messages.map(
    ({ content }) => content.text,
  );
  expect(texts.sort()).toEqual(["good", "rewritten"]);
});

async function conversation(): Promise<{ conversationId: string; lastSeq: number }> {
  const { data } = await server.call("GET", "/openapi/v1/conversation", ann, { userId: "ann" });
  return (data as { conversations: { conversationId: string; lastSeq: number }[] })
    .conversations[0] as { conversationId: string; lastSeq: number };
}

test("over a connection the order of frames holds while one waits for the hook", async () => {
  const { token = "" } = await server.login("ann");
  const client = createClient({ url: server.url, token, deviceType: "im_web" });
  await client.connect();
  const texts = ["1", "bad 2", "3", "rewrite 4", "5"];
  const answers = await Promise.all(texts.map((text) => client.send({ to: "ben", text })));
  expect(answers.map((answer) => answer.ok)).toEqual([true, false, true, true, true]);
  const seqs = answers.flatMap((answer) => answer.seq ?? []);
  expect(seqs).toHaveLength(4);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  await client.close();
});

/** An edit by Ann over HTTP or a connection: the code, and what is wrong. */
type Edit = (messageId: string, text: string) => Promise<{ code: number; message: string }>;

async function editingBy(way: string, conversationId: string): Promise<Edit> {
  if (way === "HTTP") {
    return async (messageId, text) => {
      const body = { userId: "ann", conversationId, messageId, content: { text } };
      const { code, msg } = await server.call("POST", "/openapi/v1/message/edit", ann, body);
      return { code, message: msg };
    };
  }
  const { token = "" } = await server.login("ann");
  const client = createClient({ url: server.url, token, deviceType: "im_web" });
  edited.push(client);
  await client.connect();
  return (messageId, text) => client.edit(conversationId, messageId, { text });
}

test.each(["HTTP", "a connection"])("an edit over %s is asked about too", async (way) => {
  const sent = (await say(`first by ${way}`)).data as { messageId: string; conversationId: string };
  const { messageId, conversationId } = sent;
  const edit = await editingBy(way, conversationId);
  const versions: string[] = [];
  ben.on("event", ({ envelope: { cmd, content } }) => {
    if (cmd === 13 && content?.data?.["messageId"] === messageId) versions.push(content.text ?? "");
  });
  const before = receiver.posted.length;
  expect((await edit(messageId, "better")).code).toBe(200);
  expect(await edit(messageId, "bad word")).toMatchObject({
    code: 3006,
    message: "mind your words",
  });
  expect((await edit(messageId, "forbidden")).code).toBe(403);
  expect((await edit(messageId, "odd")).code).toBe(3006);
  expect((await edit(messageId, "broken")).code).toBe(503);
  expect((await edit(messageId, "shape")).code).toBe(503);
  expect(await shown(messageId)).toMatchObject({ content: { text: "better" } });
  expect((await edit(messageId, "rewrite this")).code).toBe(200);
  const asked = receiver.posted.slice(before);
  expect(asked).toHaveLength(7);
  expect(asked.every(({ signed }) => signed)).toBe(true);
  expect(asked[0]?.body).toMatchObject({
    event: "message.beforeSend",
    cmd: 13,
    from: "ann",
    conversationId,
    content: { text: "better", data: { messageId } },
  });
  // What was refused is told to nobody, what was rewritten as it is now.
  expect(await until(() => versions.length === 2, 5000, 10)).toBe(true);
  expect(versions).toEqual(["better", "rewritten"]);
  const now = await shown(messageId);
  expect(now).toMatchObject({ content: { text: "rewritten" }, messageExtra: { version: 2 } });
  // Of a message that isn't there, and by who may not, nobody is asked in vain.
  expect((await edit("17", "nothing")).code).toBe(404);
  expect(receiver.posted.slice(before)).toHaveLength(7);
});

/** The message as Ben reads it. */
async function shown(messageId: string): Promise<Envelope | undefined> {
  const { conversationId } = await conversation();
  const { data } = await ben.history(Number(conversationId), { backward: true, limit: 100 });
  return data.messages.find(({ messageExtra }) => messageExtra?.messageId === messageId);
}

test("a callback is told of its message, signed by its own token, and of its reader", async () => {
  const callback = {
    enable: true,
    url: `${callbacks.url}/told/here`,
    events: ["message.stored", "message.read"],
    timeout: 2000,
    retry: { maxTimes: 2, interval: 100 },
    security: { token: TOKEN, signType: "HMAC-SHA256" },
  };
  let failures = 1;
  callbacks.answerWith = () => (failures-- > 0 ? 500 : 200);
  const sent = await say("with a callback", { callback });
  expect(sent.code).toBe(200);
  const { messageId, conversationId, conversationSeq } = sent.data as {
    messageId: string;
    conversationId: string;
    conversationSeq: number;
  };
  const told = await callbacks.wait(2, ({ body }) => body["messageId"] === messageId);
  expect(told.map(({ path, signed }) => [path, signed])).toEqual([
    ["/told/here", true],
    ["/told/here", true],
  ]);
  expect(told[0]?.body).toMatchObject({ event: "message.stored" });
  await ben.read(conversationId, conversationSeq);
  const [read] = await callbacks.wait(1, ({ body }) => body["event"] === "message.read");
  expect(read?.body).toMatchObject({ messageId, userId: "ben" });
});

test("a callback goes nowhere but where the operator lets it", async () => {
  const wrong = [
    "http://127.0.0.1:1/told",
    `${callbacks.url}/other`,
    `${callbacks.url}/toldyou`,
    `${callbacks.url}/told/../other`,
    callbacks.url.replace("http://", "http://user@"),
    "nothing",
  ];
  for (const url of wrong) {
    const { code } = await say("x", { callback: { enable: true, url } });
    expect([url, code]).toEqual([url, 403]);
  }
  const url = `${callbacks.url}/told`;
  const events = ["message.burnt"];
  expect((await say("x", { callback: { enable: true, url, events } })).code).toBe(403);
  expect((await say("fine", { callback: { enable: false, url: "nothing" } })).code).toBe(200);
});

test("nobody who gets a message sees its callback or its wishes", async () => {
  const callback = { enable: true, url: `${callbacks.url}/told`, security: { token: TOKEN } };
  const options = { bizType: "greeting" };
  const body = { from: "ann", to: "ben", content: { text: "seen" }, options, localId: "seen" };
  const control = { callback, push: { title: "hidden title" } };
  await server.call("POST", "/openapi/v1/message", ann, { ...body, control });
  const { data } = await server.call("GET", "/openapi/v1/message", ann, {
    userId: "ann",
    conversationId: (await conversation()).conversationId,
  });
  const text = JSON.stringify(data);
  expect(text).toContain("greeting");
  expect(text).not.toContain(TOKEN);
  expect(text).not.toContain("hidden title");
});
