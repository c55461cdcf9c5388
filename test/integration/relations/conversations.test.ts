// Conversations as one user has them: opened, hidden, cleared, pinned, muted; on all his devices.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Conversation } from "../../../src/sdk/sync.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Device, Devices, expectSame, logOf, told } from "./people.ts";

let server: TestServer;
let ann: Device;
let annsPhone: Device;
let ben: Device;
let devices: Devices;

beforeAll(async () => {
  server = await startServer({ LINNET_FAN_OUT_MEMBERS: "3" });
  devices = new Devices(server);
  ann = await devices.open("ann");
  annsPhone = await devices.open("ann", "im_app_ios");
  ben = await devices.open("ben");
}, 60_000);

afterAll(async () => {
  await devices.close();
  await server.stop();
}, 60_000);

async function list(of: Device, limit = 100): Promise<Conversation[]> {
  const all: Conversation[] = [];
  for (let cursor = ""; ; ) {
    const { data } = await of.client.conversations({ cursor, limit });
    all.push(...data.conversations);
    if (data.final) return all;
    ({ cursor } = data);
  }
}

async function entry(of: Device, conversationId: number): Promise<Conversation | undefined> {
  return (await list(of)).find((one) => one.conversationId === conversationId);
}

async function groupOf(name: string, ...memberIds: string[]): Promise<number> {
  return (await ann.client.groups.create({ name, memberIds })).data.conversationId;
}

async function say(from: Device, conversationId: number, text: string): Promise<void> {
  expect((await from.client.send({ conversationId, text })).code).toBe(200);
}

test.each([...FRAMINGS])("over %s: opened, pinned and muted, hidden, cleared", async (framing) => {
  const [one, other] = [`${framing}-one`, `${framing}-other`];
  const mine = await devices.open(one, "im_web", framing);
  const phone = await devices.open(one, "im_app_ios", framing);
  const theirs = await devices.open(other, "im_web", framing);
  const opened = await mine.client.openConversation(other);
  expect(opened.code).toBe(200);
  const { conversationId } = opened.data;
  await phone.heard(told(CMD.conversationCreate, { userId: other }));
  expect(await list(mine)).toMatchObject([{ conversationId, lastSeq: -1, peer: other }]);
  // The other sees nothing before something is said.
  expect(await list(theirs)).toEqual([]);
  expect((await mine.client.openConversation(other)).data).toEqual({ conversationId });
  expect((await theirs.client.openConversation(one)).data).toEqual({ conversationId });
  await theirs.heard(told(CMD.conversationCreate, { userId: one }));
  expect((await mine.client.setConversation(conversationId, { top: true })).code).toBe(200);
  const set = await phone.heard(told(CMD.conversationUpdate, { top: true, mute: false }));
  expect(set.content?.data?.["wide"]).toBeUndefined();
  await mine.client.setConversation(conversationId, { mute: true });
  await phone.heard(told(CMD.conversationUpdate, { top: true, mute: true }));
  expect(await list(mine)).toMatchObject([{ top: true, mute: true }]);
  expect(await list(theirs)).toMatchObject([{ top: false, mute: false }]);
  await mine.client.send({ to: other, cmd: CMD.strangerChat, text: "one" });
  expect((await mine.client.clearConversation(conversationId)).code).toBe(200);
  await phone.heard(told(CMD.conversationDelete, { clear: true, seq: 0 }));
  expect(await list(mine)).toEqual([]);
  await theirs.client.send({ to: one, cmd: CMD.strangerChat, text: "two" });
  await mine.heard(({ content }) => content?.text === "two");
  expect(await list(mine)).toMatchObject([{ conversationId, lastSeq: 1, unread: 1, top: true }]);
  const { data } = await mine.client.history(conversationId, {});
  const [gone, there] = data.messages;
  expect(gone).toMatchObject({ messageExtra: { conversationSeq: 0, hidden: true } });
  expect(there?.content?.text).toBe("two");
  const said = (await logOf(server, mine.as)).filter(([, text]) => typeof text === "string");
  expect(said.map(([, text]) => text)).toEqual(["two"]);
  expect(await list(theirs)).toMatchObject([{ last: { content: { text: "two" } } }]);
});

test("hidden until the next message; its history stays", async () => {
  const conversationId = await groupOf("choir", "ben");
  await say(ben, conversationId, "la");
  expect((await ann.client.hideConversation(conversationId)).code).toBe(200);
  await annsPhone.heard(told(CMD.conversationDelete, { seq: 0 }));
  expect(await entry(ann, conversationId)).toBeUndefined();
  expect(await entry(ben, conversationId)).toMatchObject({ name: "choir" });
  await say(ben, conversationId, "li");
  expect(await entry(ann, conversationId)).toMatchObject({ unread: 2, name: "choir" });
  const { data } = await ann.client.history(conversationId);
  expect(data.messages.map((one) => one.content?.text)).toEqual(["la", "li"]);
});

test("cleared in a wide conversation: gone from its log for one member alone", async () => {
  for (const id of ["w1", "w2", "w3"]) await server.login(id);
  const conversationId = await groupOf("wide", "ben", "w1", "w2", "w3");
  await say(ben, conversationId, "before");
  expect((await ann.client.clearConversation(conversationId)).code).toBe(200);
  await say(ben, conversationId, "after");
  const texts = async (of: Device): Promise<unknown[]> => {
    const data = { conversationPts: 0, limit: 500 };
    const answer = await of.client.request(CMD.syncMsg, { conversationId, data });
    expect(answer.data["final"]).toBe(true);
    const events = answer.data["events"] as { content?: { text?: string } }[];
    return events.flatMap(({ content }) => content?.text ?? []);
  };
  expect(await texts(ann)).toEqual(["after"]);
  expect(await texts(ben)).toEqual(["before", "after"]);
  expect(await entry(ann, conversationId)).toMatchObject({ unread: 1 });
  expect(await entry(ben, conversationId)).toMatchObject({ unread: 0 });
});

test("pinned conversations come first, each part newest first, through the pages", async () => {
  const zed = await devices.open("zed");
  const groups: number[] = [];
  for (let i = 0; i < 5; i++) {
    const id = await groupOf(`g${i}`, "zed");
    await say(ann, id, "x");
    groups.push(id);
  }
  await zed.client.setConversation(groups[1] as number, { top: true });
  await zed.client.setConversation(groups[3] as number, { top: true });
  const inOrder = [3, 1, 4, 2, 0].map((i) => groups[i] as number);
  for (const limit of [1, 2, 100]) {
    const ids = (await list(zed, limit)).map(({ conversationId }) => conversationId);
    expect(ids).toEqual(inOrder);
  }
});

test("set from two devices at once: both end equal", async () => {
  const conversationId = await groupOf("both", "ben");
  await Promise.all([
    ann.client.setConversation(conversationId, { top: true }),
    annsPhone.client.setConversation(conversationId, { top: false }),
    annsPhone.client.setConversation(conversationId, { mute: true }),
    ann.client.setConversation(conversationId, { mute: true }),
  ]);
  const found = await entry(ann, conversationId);
  expect(found?.mute).toBe(true);
  const last = { top: found?.top, mute: true };
  for (const one of [ann, annsPhone]) {
    await one.heard(({ route, cmd, content }) => {
      const mine = cmd === CMD.conversationUpdate && route?.conversationId === conversationId;
      return mine && content?.data?.["mute"] === true;
    });
    const ofIt = one.events.filter(({ envelope: { cmd, route } }) => {
      return cmd === CMD.conversationUpdate && route?.conversationId === conversationId;
    });
    expect(ofIt.at(-1)?.envelope.content?.data).toMatchObject(last);
  }
  await expectSame(server, annsPhone);
});

test("options.conversation says the same, and HTTP too", async () => {
  const conversationId = await groupOf("http", "ben");
  const as = await server.login("ben");
  const post = (path: string, input: object) =>
    server.call("POST", `/openapi/v1/conversation${path}`, as, input);
  expect((await post("/settings", { conversationId, top: true })).code).toBe(200);
  await ben.heard(told(CMD.conversationUpdate, { top: true }));
  expect((await post("/settings", { conversationId })).code).toBe(1005);
  const opened = await post("", { peerId: "ann" });
  expect(opened.code).toBe(200);
  const id = (opened.data as { conversationId: string }).conversationId;
  expect((await ann.client.openConversation("ben")).data.conversationId).toBe(Number(id));
  const path = "/openapi/v1/conversation";
  const hide = await server.call("DELETE", path, as, { conversationId: id, clear: true });
  expect(hide).toMatchObject({ code: 200, data: null });
  expect(await entry(ben, Number(id))).toBeUndefined();
  const page = await server.call("GET", path, as, {});
  const [first] = (page.data as { conversations: object[] }).conversations;
  expect(first).toMatchObject({ conversationId: String(conversationId), top: true, name: "http" });
});

test("not a member, no such conversation, blocked, wrong shapes", async () => {
  const conversationId = await groupOf("closed");
  const pair = (await ann.client.openConversation("zed")).data.conversationId;
  const calls = [CMD.conversationDelete, CMD.conversationUpdate] as const;
  for (const cmd of calls) {
    const ask = (id: number) =>
      ben.client.request(cmd, { conversationId: id, data: { top: true } });
    const data = cmd === CMD.conversationUpdate ? { top: true } : {};
    const of = (id: number) => ben.client.request(cmd, { conversationId: id, data });
    expect((await of(conversationId)).code).toBe(2003);
    expect((await of(pair)).code).toBe(1002);
    expect((await of(999_999)).code).toBe(1003);
    expect((await ben.client.request(cmd, { data })).code).toBe(1005);
    if (cmd === CMD.conversationDelete) expect((await ask(pair)).code).toBe(1002);
  }
  const wrong = { conversationId, data: { top: 7 } };
  expect((await ann.client.request(CMD.conversationUpdate, wrong)).code).toBe(1004);
  expect((await ann.client.openConversation("ann")).code).toBe(403);
  expect((await ann.client.openConversation("nobody")).code).toBe(404);
  await server.login("eve");
  await server.call("POST", "/openapi/v1/block", AS_APP, { userId: "eve", blockedId: "ann" });
  expect((await ann.client.openConversation("eve")).code).toBe(1007);
});
