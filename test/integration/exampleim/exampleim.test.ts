// ExampleIM's frames against a server of their own: messages both ways between such a client and
// those of the SDK, groups narrow and wide, reading, who is online, refusals, and what is no frame.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { type Fleet, startFleet } from "../../support/fleet.ts";
import { type People, type Person, peopleOf } from "../presence/people.ts";
import { type TheirClient, theirClient } from "./their-client.ts";

const PATIENT = 60_000;

let fleet: Fleet;
let people: People;
const clients: TheirClient[] = [];

beforeAll(async () => {
  const env = { LINNET_FAN_OUT_MEMBERS: "3" };
  fleet = await startFleet({ roles: ["gateway,worker,api"], env });
  people = peopleOf(fleet);
}, PATIENT);

afterAll(async () => {
  for (const client of clients) client.close();
  await people.close();
  await fleet.end();
}, PATIENT);

/** Connected, and live: the answer to a ping says so, since there is no greeting. */
async function theirs(name: string, deviceType = "im_app_ios"): Promise<TheirClient> {
  const client = await theirClient(fleet.urls[0] as string, await people.token(name), deviceType);
  clients.push(client);
  await client.ping();
  return client;
}

/** The texts that an SDK client hears. */
function listening(person: Person) {
  const heard: { text: string; from: string; id: string; seq: number; type: number }[] = [];
  const waiting = new Set<() => void>();
  const take = (envelope: Envelope) => {
    const { route, content, messageExtra } = envelope;
    heard.push({
      text: content?.text ?? "",
      from: route?.from ?? "",
      id: messageExtra?.messageId ?? "",
      seq: messageExtra?.conversationSeq ?? -1,
      type: route?.type ?? 0,
    });
    for (const look of waiting) look();
  };
  person.client.on("message", ({ envelope }) => take(envelope));
  // Who comes and goes is told so too.
  person.client.on("transient", (one) => void (one.cmd === 93 && take(one)));
  const hears = (text: string) =>
    new Promise<(typeof heard)[number]>((resolve) => {
      const look = () => {
        const found = heard.find((one) => one.text === text);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { heard, hears };
}

const chat = (id: string, recvId: string, content: string, more: object = {}) => ({
  frameType: 0,
  id,
  method: "conversation.chat",
  data: { chatType: 2, recvId, msg: { mType: 0, content }, sendTime: Date.now(), ...more },
});

const groupChat = (id: string, conversationId: string, content: string) => ({
  ...chat(id, "", content, { chatType: 1, conversationId }),
});

async function group(ownerId: string, memberIds: string[]): Promise<string> {
  const body = { ownerId, name: "g", memberIds };
  return String((await people.call("POST", "group", body)).data["conversationId"]);
}

test.each(["json", "proto"] as const)("messages go both ways, to and from %s", async (framing) => {
  const [zoe, abe] = [`zoe-${framing}`, `abe-${framing}`];
  await people.users([zoe, abe], [[zoe, abe]]);
  const phone = await theirs(zoe);
  const other = await people.at(0, abe, { framing });
  const { hears, heard } = listening(other);
  expect(await phone.ask(chat("m1", abe, "hello"))).toEqual({ frameType: 2, id: "m1" });
  const got = await hears("hello");
  expect(got).toMatchObject({ from: zoe, seq: 0, type: 1 });
  // The same once more is answered as the first time, and is no second message.
  expect(await phone.ask(chat("m1", abe, "hello"))).toEqual({ frameType: 2, id: "m1" });
  expect(await phone.ask(chat("m1", abe, "other"))).toMatchObject({ frameType: 9, id: "m1" });
  const sent = await other.client.send({ to: zoe, text: "and to you" });
  const message = await phone.hears("and to you");
  expect(message).toMatchObject({
    conversationId: `${abe}_${zoe}`,
    chatType: 2,
    sendId: abe,
    recvId: zoe,
    msg: { msgId: sent.messageId, mType: 0, content: "and to you", readRecords: {} },
  });
  expect(message.sendTime).toBe(sent.timestamp as number);
  expect(phone.frames.at(-1)).toMatchObject({ frameType: 0, formId: abe });
  await hears("and to you");
  expect(heard.map(({ text }) => text)).toEqual(["hello", "and to you"]);
});

test("there is no greeting, a ping is answered by a ping, an ack by nothing", async () => {
  await people.users(["quiet"]);
  const client = await theirs("quiet");
  for (let count = 0; count < 300; count++) client.send({ frameType: 2, id: `${count}` });
  client.send({ frameType: 1 });
  await client.ping();
  expect(client.frames.map(({ frameType }) => frameType)).toEqual([1, 1, 1]);
  expect(client.frames[1]).toEqual({ frameType: 1 });
});

test("data without ack is not answered, but its refusal is", async () => {
  await people.users(["hasty", "calm"], [["hasty", "calm"]]);
  const client = await theirs("hasty");
  const { hears } = listening(await people.at(0, "calm"));
  client.send({ ...chat("n1", "calm", "one"), frameType: 3 });
  client.send({ ...chat("", "calm", "two"), frameType: 3 });
  await Promise.all([hears("one"), hears("two")]);
  await client.ping();
  expect(client.frames.map(({ frameType }) => frameType)).toEqual([1, 1]);
  client.send({ ...chat("n2", "nobody-there", "three"), frameType: 3 });
  await client.ping();
  expect(client.frames[2]).toEqual({
    frameType: 9,
    id: "n2",
    data: "404 data.recvId: there is no user nobody-there",
  });
});

test("the sender's other device is told, with whom the conversation is", async () => {
  await people.users(["ada", "bob"], [["ada", "bob"]]);
  const phone = await theirs("ada");
  const web = await people.at(0, "ada");
  await web.client.send({ to: "bob", text: "from the web" });
  await web.client.send({ to: "bob", text: "again" });
  const back = await theirs("bob");
  await back.ask(chat("b1", "ada", "from bob"));
  await phone.hears("from bob");
  expect(phone.texts()).toEqual(["from the web", "again", "from bob"]);
  const own = await phone.hears("from the web");
  expect(own).toMatchObject({ conversationId: "ada_bob", sendId: "ada", recvId: "bob" });
});

test.each([
  ["narrow", ["g-ann", "g-ben"]],
  ["wide", ["w-ann", "w-ben", "w-cid", "w-dot"]],
])("a %s group hears what is said in it, each once", async (_, names) => {
  await people.users(names);
  const [owner, member] = names as [string, string];
  const phone = await theirs(member);
  const web = await people.at(0, owner);
  const { hears, heard } = listening(web);
  const id = await group(owner, names.slice(1));
  expect((await web.client.send({ conversationId: id, kind: "group", text: "hi all" })).ok).toBe(
    true,
  );
  const message = await phone.hears("hi all");
  expect(message).toMatchObject({
    conversationId: id,
    chatType: 1,
    sendId: owner,
    recvId: id,
    msg: { mType: 0 },
  });
  expect(await phone.ask(groupChat("g1", id, "hi one"))).toEqual({ frameType: 2, id: "g1" });
  const back = chat("g2", id, "by recvId", { chatType: 1 });
  expect(await phone.ask(back)).toEqual({ frameType: 2, id: "g2" });
  await hears("by recvId");
  expect(heard.map(({ text }) => text)).toEqual(["hi all", "hi one", "by recvId"]);
  expect(phone.texts()).toEqual(["hi all"]);
});

test("a stranger is written to, as often as one may until the answer", async () => {
  await people.users(["newcomer", "native"]);
  const phone = await theirs("newcomer");
  const other = await theirs("native", "im_web");
  const { hears } = listening(await people.at(0, "native", { deviceType: "im_pc_mac" }));
  for (const text of ["one", "two", "three"]) {
    expect((await phone.ask(chat(text, "native", text))).frameType).toBe(2);
  }
  const refused = await phone.ask(chat("four", "native", "four"));
  expect([refused.frameType, String(refused.data).split(" ")[0]]).toEqual([9, "1008"]);
  expect(await other.hears("three")).toMatchObject({
    conversationId: "native_newcomer",
    chatType: 2,
    sendId: "newcomer",
    recvId: "native",
  });
  await hears("three");
  expect((await other.ask(chat("back", "newcomer", "yes?"))).frameType).toBe(2);
  await phone.hears("yes?");
  expect((await phone.ask(chat("five", "native", "five"))).frameType).toBe(2);
  await other.hears("five");
  // Between friends the same frame is what it was: a message of their one conversation.
  await people.call("POST", "friend", { userId: "newcomer", friendId: "native" });
  expect((await phone.ask(chat("six", "native", "six"))).frameType).toBe(2);
  expect(await hears("six")).toMatchObject({ from: "newcomer", seq: 5 });
});

test("types 4 and 7 are written to like a group, a chatroom is not", async () => {
  await people.users(["cu-ann", "cu-ben", "cu-out"]);
  const made = async (conversationType: number) => {
    const memberIds = conversationType === 3 ? [] : ["cu-ben"];
    const body = { ownerId: "cu-ann", name: "c", memberIds, conversationType };
    return String((await people.call("POST", "group", body)).data["conversationId"]);
  };
  const [custom, readOnly, chatroom] = [await made(7), await made(4), await made(3)];
  const [owner, member] = [await theirs("cu-ann"), await theirs("cu-ben")];
  const outsider = await theirs("cu-out");
  const code = async (client: TheirClient, id: string, conversationId: string) => {
    const answer = await client.ask(groupChat(id, conversationId, id));
    return answer.frameType === 2 ? 200 : Number(String(answer.data).split(" ")[0]);
  };
  expect(await code(member, "to custom", custom)).toBe(200);
  expect(await owner.hears("to custom")).toMatchObject({
    conversationId: custom,
    chatType: 1,
    sendId: "cu-ben",
    recvId: custom,
  });
  // The same once more is the same message, and not another one by another command.
  expect(await code(member, "to custom", custom)).toBe(200);
  expect(owner.texts()).toEqual(["to custom"]);
  expect(await code(outsider, "outside", custom)).toBe(1002);
  expect(await code(owner, "to readers", readOnly)).toBe(200);
  expect(await code(member, "not mine", readOnly)).toBe(2005);
  expect(await code(owner, "to chatroom", chatroom)).toBe(1002);
  const sysNotice = { to: "cu-ann", cmd: 91, content: { text: "welcome" }, localId: "cu" };
  const { data } = await people.call("POST", "message", sysNotice);
  expect(await code(owner, "to the system", String(data["conversationId"]))).toBe(403);
  const sent = { chatType: 1, conversationId: custom, mType: 0, content: "pushed" };
  const push = { frameType: 0, id: "pu", method: "push", data: sent };
  expect((await member.ask(push)).frameType).toBe(2);
});

test("what is no message is not sent: a recall, a read, typing", async () => {
  await people.users(["typist", "reader"], [["typist", "reader"]]);
  const phone = await theirs("reader");
  const web = await people.at(0, "typist");
  const sent = await web.client.send({ to: "reader", text: "one" });
  await web.client.typing({ to: "reader" });
  await phone.hears("one");
  const mark = { chatType: 2, recvId: "typist", msgIds: [sent.messageId] };
  await phone.ask({ frameType: 0, id: "r", method: "conversation.markChat", data: mark });
  await web.client.send({ to: "reader", text: "two" });
  await phone.hears("two");
  const kinds = phone.frames.map(({ frameType }) => frameType);
  expect(kinds).toEqual([1, 0, 2, 0]);
});

test("markChat moves the read cursor to the highest of the messages", async () => {
  await people.users(["marker", "writer", "outsider"], [["marker", "writer"]]);
  const phone = await theirs("marker");
  const web = await people.at(0, "writer");
  const ids: string[] = [];
  for (const text of ["a", "b", "c"]) {
    const sent = await web.client.send({ to: "marker", text });
    ids.push(sent.messageId as string);
  }
  const read = new Promise<number>((done) => {
    web.client.on("event", ({ envelope }) => {
      if (envelope.cmd === 22) done(envelope.content?.data?.["seq"] as number);
    });
  });
  const mark = (id: string, data: object) =>
    phone.ask({ frameType: 0, id, method: "conversation.markChat", data });
  const data = { conversationId: "marker_writer", chatType: 2, recvId: "writer" };
  const marked = await mark("k1", { ...data, msgIds: [ids[1], ids[0], "999"] });
  expect(marked).toEqual({ frameType: 2, id: "k1" });
  expect(await read).toBe(1);
  const listed = await people.call("GET", "conversation", undefined, await people.token("marker"));
  expect(listed.data["conversations"]).toMatchObject([{ readSeq: 1, unread: 1 }]);
  const refusals: [object, string][] = [
    [{ ...data, msgIds: ["999"] }, "404"],
    [{ ...data }, "1005"],
    [{ ...data, msgIds: "1" }, "1004"],
    [{ ...data, msgIds: [true] }, "1004"],
    [{ ...data, msgIds: Array.from({ length: 501 }, (_, at) => `${at}`) }, "413"],
    [{ chatType: 2, recvId: "outsider", msgIds: ids }, "1003"],
    [{ chatType: 2, recvId: "nobody-there", msgIds: ids }, "404"],
    [{ chatType: 1, conversationId: "999999", msgIds: ids }, "1003"],
  ];
  for (const [wrong, code] of refusals) {
    const answer = await mark(crypto.randomUUID(), wrong);
    expect([answer.frameType, String(answer.data).split(" ")[0]]).toEqual([9, code]);
  }
});

test("user.online names friends who are online", async () => {
  await people.users(
    ["host", "here", "gone", "alien"],
    [
      ["host", "here"],
      ["host", "gone"],
    ],
  );
  await people.at(0, "here");
  await people.at(0, "alien");
  const client = await theirs("host");
  client.send({ frameType: 0, id: "o1", method: "user.online" });
  await client.ping();
  expect(client.frames[1]).toEqual({ frameType: 0, formId: "host", data: ["here"] });
});

test("push goes to who is online, and is kept for who is not", async () => {
  await people.users(["pusher", "target"], [["pusher", "target"]]);
  const client = await theirs("pusher");
  const push = (id: string, content: string) =>
    client.ask({
      frameType: 0,
      id,
      method: "push",
      data: { chatType: 2, recvId: "target", sendId: "somebody", mType: 7, content },
    });
  expect(await push("p1", "kept")).toEqual({ frameType: 2, id: "p1" });
  const { hears } = listening(await people.at(0, "target"));
  expect(await push("p2", "direct")).toEqual({ frameType: 2, id: "p2" });
  expect(await hears("direct")).toMatchObject({ from: "pusher", type: 7, seq: -1 });
});

test("refusals have the code of every framing, and name their place", async () => {
  await people.users(["asker", "foe", "friend"], [["asker", "friend"]]);
  await people.call("POST", "block", { userId: "foe", blockedId: "asker" });
  const id = await group("foe", ["friend"]);
  const client = await theirs("asker");
  const one = (data: object, frame: object = {}) => ({
    ...chat("", "friend", "x", data),
    ...frame,
  });
  const refused: [Record<string, unknown>, string][] = [
    [one({ recvId: "foe" }), "1007"],
    [one({ recvId: "asker" }), "403"],
    [one({ recvId: "unknown" }), "404"],
    [one({ recvId: "" }), "1005 data.recvId is required"],
    [one({ recvId: 5 }), "1004 data.recvId"],
    [one({ conversationId: "asker_foe" }), "1004 data.recvId contradicts"],
    [one({ chatType: 3 }), "1004 data.chatType"],
    [one({ chatType: undefined }), "1005 data.chatType"],
    [one({ msg: undefined }), "1005 data.msg"],
    [one({ msg: "text" }), "1004 data.msg"],
    [one({ msg: { content: 5 } }), "1004 content"],
    [one({ msg: { mType: "x", content: "" } }), "1004 mType"],
    [one({ msg: { content: "y".repeat(10_241) } }), "413 content"],
    [one({ chatType: 1, recvId: "", conversationId: id }), "2003"],
    [one({ chatType: 1, recvId: "", conversationId: "99999999" }), "1003"],
    [one({ chatType: 1, recvId: "", conversationId: "a_b" }), "1004 data.conversationId"],
    [one({ chatType: 1, recvId: "7", conversationId: id }), "1004 data.recvId contradicts"],
    [one({}, { method: "conversation.shout" }), "1004 method"],
    [one({}, { method: undefined }), "1005 method"],
    [one({}, { data: [] }), "1004 data"],
    [one({}, { frameType: 9 }), "1004 frameType"],
  ];
  for (const [frame, text] of refused) {
    const answer = await client.ask({ ...frame, id: crypto.randomUUID() });
    expect(answer.frameType).toBe(9);
    expect(String(answer.data)).toStartWith(text);
  }
  expect(await client.ask(chat("", "friend", "no id"))).toMatchObject({ frameType: 9, id: "" });
  expect((await client.ask(chat("ok", "friend", "fine"))).frameType).toBe(2);
});

test("what is no frame is refused, and the connection stays", async () => {
  await people.users(["fuzzy"]);
  const client = await theirs("fuzzy");
  const wrong = ["", "{", "[]", "null", "5", `"x"`, "[".repeat(5000), new Uint8Array([1, 2, 3])];
  for (const frame of wrong) client.send(frame);
  await client.ping();
  const answers = client.frames.slice(1, -1);
  expect(answers.length).toBe(wrong.length);
  for (const answer of answers) {
    expect(answer).toMatchObject({ frameType: 9, id: "" });
    expect(String(answer.data)).toStartWith("1004 ");
  }
});

test("what has no text is sent as JSON; the system's messages come from nobody", async () => {
  await people.users(["lookout", "painter"], [["lookout", "painter"]]);
  const client = await theirs("lookout");
  const web = await people.at(0, "painter");
  const items = [{ type: "image", url: "https://x.test/a.png" }];
  await web.client.send({ to: "lookout", type: 2, content: { items } });
  const picture = await client.hears(JSON.stringify({ items }));
  expect(picture.msg.mType).toBe(2);
  const body = { to: "lookout", cmd: 91, content: { text: "welcome" }, localId: "s1" };
  expect((await people.call("POST", "message", body)).code).toBe(200);
  const custom = { ...body, cmd: 92, content: { text: "of the application" }, localId: "s2" };
  expect((await people.call("POST", "message", custom)).code).toBe(200);
  await client.hears("of the application");
  const notice = await client.hears("welcome");
  expect(notice).toMatchObject({ sendId: "", recvId: "lookout", chatType: 2 });
  expect(notice.conversationId).toMatch(/^\d+$/);
});
