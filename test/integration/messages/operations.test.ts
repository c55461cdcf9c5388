// What is done to messages: by whom it may be done, who hears of it, what is left to read.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { about, type Device, startWorld, type World } from "./users.ts";

let world: World;
let ann: Device;
let ben: Device;
let cat: Device;
let eve: Device;
let narrow: string;
let wide: string;

beforeAll(async () => {
  world = await startWorld();
  for (const id of ["ann", "ben", "cat", "eve"]) await world.server.login(id);
  narrow = await world.group("ann", ["ben"]);
  wide = await world.group("ann", ["ben", "cat", "eve"]);
  [ann, ben, cat, eve] = await Promise.all([
    world.device("ann", { framing: "json" }),
    world.device("ben", { framing: "proto" }),
    world.device("cat", { framing: "msgpack" }),
    world.device("eve"),
  ]);
}, 60_000);

afterAll(() => world.end(), 60_000);

async function say(device: Device, conversationId: string, text: string): Promise<string> {
  const sent = await device.client.send({ conversationId, text });
  if (sent.messageId === undefined) throw new Error(`${text}: ${sent.code} ${sent.message}`);
  return sent.messageId;
}

async function history(device: Device, conversationId: string): Promise<Envelope[]> {
  return (await device.client.history(conversationId, { backward: true, limit: 50 })).data.messages;
}

async function shown(device: Device, conversationId: string, messageId: string) {
  const messages = await history(device, conversationId);
  return messages.find(({ messageExtra }) => messageExtra?.messageId === messageId);
}

describe.each(["narrow", "wide"] as const)("%s", (kind) => {
  const where = () => (kind === "narrow" ? narrow : wide);

  test("a recalled message says nothing any more, to anyone", async () => {
    const id = await say(ben, where(), "oops");
    expect((await ben.client.recall(where(), id)).code).toBe(200);
    await Promise.all([ann, ben].map((device) => device.heard(about(CMD.recall, id))));
    for (const device of [ann, ben]) {
      const left = await shown(device, where(), id);
      expect(left?.messageExtra).toMatchObject({ recalled: true, hidden: true });
      expect(left?.content).toBeUndefined();
    }
    // Again, from another device or the same: nothing more to tell.
    expect((await ben.client.recall(where(), id)).code).toBe(200);
    expect(ann.events.filter(about(CMD.recall, id))).toHaveLength(1);
    expect((await ben.client.edit(where(), id, { text: "again" })).code).toBe(404);
    expect((await ann.client.react(where(), id, "👍")).code).toBe(404);
  });

  test("an edit replaces, and what was said before can be read", async () => {
    const id = await say(ben, where(), "one");
    expect((await ben.client.edit(where(), id, { text: "two" })).code).toBe(200);
    expect((await ann.client.edit(where(), id, { text: "mine" })).code).toBe(403);
    await ben.client.edit(where(), id, { text: "three" });
    const told = await ann.heard(
      (event) => about(CMD.edit, id)(event) && event.content?.text === "three",
    );
    expect(told.content?.data).toMatchObject({ messageId: id, version: 2 });
    expect(await shown(ann, where(), id)).toMatchObject({
      content: { text: "three" },
      messageExtra: { version: 2 },
    });
    const { data } = await ann.client.versions(where(), id);
    expect(data.versions.map(({ content }) => content?.text)).toEqual(["one", "two", "three"]);
    // The first request again is still the same message.
    expect((await ann.client.edit(where(), id, {})).code).toBe(1005);
  });

  test("deleted for oneself it is gone on all of one's devices, for nobody else", async () => {
    const id = await say(ben, where(), "for you");
    const phone = await world.device("ann", { deviceType: "im_app_ios" });
    expect((await ann.client.deleteMessages(where(), [id])).code).toBe(200);
    await phone.heard(about(CMD.delete, id));
    expect(await shown(ann, where(), id)).toBeUndefined();
    expect(await shown(ben, where(), id)).toBeDefined();
    expect(ben.events.some(about(CMD.delete, id))).toBe(false);
    expect((await ann.client.react(where(), id, "x")).code).toBe(404);
    await phone.client.close();
    const late = await world.device("ann", { deviceType: "im_app_android" });
    await late.heard(about(CMD.delete, id));
    expect(late.events.some(({ messageExtra }) => messageExtra?.messageId === id)).toBe(false);
    await late.client.close();
  });

  test("deleted for all by an administrator, not by a member", async () => {
    const ids = [await say(ben, where(), "a"), await say(ann, where(), "b")];
    expect((await ben.client.deleteMessages(where(), ids, true)).code).toBe(2005);
    expect(await shown(ann, where(), ids[0] as string)).toMatchObject({ content: { text: "a" } });
    expect((await ann.client.deleteMessages(where(), ids, true)).code).toBe(200);
    const told = await ben.heard(about(CMD.delete, ids[0] as string));
    expect(told.content?.data).toMatchObject({ messageIds: ids, forAll: true });
    for (const id of ids) {
      expect((await shown(ben, where(), id))?.messageExtra).toMatchObject({ recalled: true });
    }
  });

  test("reactions are counted once for each user, and taken away again", async () => {
    const id = await say(ann, where(), "react");
    await Promise.all([
      ben.client.react(where(), id, "👍"),
      ben.client.react(where(), id, "👍"),
      ann.client.react(where(), id, "👍"),
    ]);
    await ben.client.react(where(), id, "🎉");
    const of = async (device: Device) =>
      (await shown(device, where(), id))?.messageExtra?.reactions;
    expect(await of(ben)).toEqual([
      { reaction: "👍", count: 2, mine: true },
      { reaction: "🎉", count: 1, mine: true },
    ]);
    await ben.client.react(where(), id, "👍", true);
    await ben.client.react(where(), id, "👍", true);
    expect(await of(ben)).toEqual([
      { reaction: "👍", count: 1 },
      { reaction: "🎉", count: 1, mine: true },
    ] as object[] as never);
    const told = await ann.heard(
      (event) => about(CMD.reaction, id)(event) && event.content?.data?.["remove"] === true,
    );
    expect(told.content?.data).toMatchObject({ reaction: "👍", count: 1 });
    expect(ann.events.filter(about(CMD.reaction, id))).toHaveLength(4);
    expect((await ann.client.react(where(), id, "x".repeat(65))).code).toBe(413);
    for (const reaction of ["1", "2", "3", "4"]) await ben.client.react(where(), id, reaction);
    expect((await ben.client.react(where(), id, "5")).code).toBe(413);
  });

  test("administrators pin, all can see what is pinned", async () => {
    const id = await say(ben, where(), "pinned");
    expect((await ben.client.pin(where(), id)).code).toBe(2005);
    expect((await ann.client.pin(where(), id)).code).toBe(200);
    await ben.heard(about(CMD.pin, id));
    const pins = async () => (await ben.client.pins(where())).data.messages;
    expect((await pins()).map(({ content }) => content?.text)).toEqual(["pinned"]);
    await ann.client.pin(where(), id, true);
    expect(await pins()).toEqual([]);
  });
});

test("who is not in it can do nothing there; unknown messages are not found", async () => {
  const id = await say(ben, narrow, "private");
  const { client } = cat;
  const tries = async (conversationId: string, messageId: string) => [
    (await client.recall(conversationId, messageId)).code,
    (await client.edit(conversationId, messageId, { text: "x" })).code,
    (await client.deleteMessages(conversationId, [messageId])).code,
    (await client.react(conversationId, messageId, "x")).code,
    (await client.pin(conversationId, messageId)).code,
    (await client.versions(conversationId, messageId)).code,
    (await client.readers(conversationId, messageId)).code,
  ];
  expect(new Set(await tries(narrow, id))).toEqual(new Set([2003]));
  expect(new Set(await tries("999999", id))).toEqual(new Set([1003]));
  // Of another conversation, or of none.
  expect(new Set(await tries(wide, id))).toEqual(new Set([404]));
  expect(new Set(await tries(wide, "17"))).toEqual(new Set([404]));
});

test("two devices edit at the same time: one is the last, and all end equal", async () => {
  const id = await say(ben, wide, "start");
  const other = await world.device("ben", { deviceType: "im_app_ios" });
  const edits = await Promise.all([
    ben.client.edit(wide, id, { text: "here" }),
    other.client.edit(wide, id, { text: "there" }),
  ]);
  expect(edits.map(({ code }) => code)).toEqual([200, 200]);
  const last = (event: Envelope) =>
    about(CMD.edit, id)(event) && event.content?.data?.["version"] === 2;
  const texts = await Promise.all(
    [ann, ben, other].map(async (device) => (await device.heard(last)).content?.text),
  );
  expect(new Set(texts).size).toBe(1);
  expect(await shown(eve, wide, id)).toMatchObject({ content: { text: texts[0] } });
  await other.client.close();
});

test.each([...FRAMINGS])(
  "%s: a device that was away ends like one that was there",
  async (framing) => {
    const options = { framing, deviceType: "im_pc_mac" } as const;
    const before = await world.device("ann", options);
    await before.client.close();
    const recalled = await say(ben, narrow, "r");
    const edited = await say(ben, narrow, "e");
    await ben.client.recall(narrow, recalled);
    await ben.client.edit(narrow, edited, { text: "E" });
    await ben.client.react(narrow, edited, "🙂");
    await ann.heard(about(CMD.reaction, edited));
    const back = await world.device("ann", options);
    const reaction = await back.heard(about(CMD.reaction, edited));
    expect(reaction.content?.data).toMatchObject({ reaction: "🙂", count: 1 });
    const late = (id: string) => back.events.find(({ messageExtra: x }) => x?.messageId === id);
    expect(late(recalled)?.messageExtra?.recalled).toBe(true);
    expect(late(edited)).toMatchObject({ content: { text: "E" }, messageExtra: { version: 1 } });
    await back.client.close();
  },
);

test("HTTP does the same, as a user or as the server", async () => {
  const id = await say(ben, narrow, "by http");
  const of = { conversationId: narrow, messageId: id };
  const post = (path: string, input: object) => world.post(path, input);
  expect((await post("message/recall", { ...of, userId: "cat" })).code).toBe(2003);
  expect((await post("message/edit", { ...of, userId: "ann", content: { text: "x" } })).code).toBe(
    403,
  );
  expect((await post("message/edit", { ...of, userId: "ben", content: { text: "y" } })).code).toBe(
    200,
  );
  expect((await post("message/reaction", { ...of, userId: "ann" })).code).toBe(1005);
  expect((await post("message/reaction", { ...of, userId: "ann", reaction: "1" })).code).toBe(200);
  expect((await post("message/pin", { ...of, userId: "ben" })).code).toBe(2005);
  expect((await post("message/pin", of)).code).toBe(200);
  const edits = await world.get("message/edits", of);
  expect(edits.data).toMatchObject({
    versions: [{ content: { text: "by http" } }, { content: { text: "y" } }],
    final: true,
  });
  expect((await post("message/recall", { ...of, messageId: 1.5 })).code).toBe(1004);
  expect((await post("message/recall", { conversationId: narrow })).code).toBe(1005);
  expect((await post("message/delete", { ...of, messageIds: [id], userId: "ann" })).code).toBe(200);
  expect((await post("message/recall", of)).code).toBe(200);
  expect((await world.get("message/pins", { conversationId: narrow })).data).toEqual({
    messages: [],
  } as object);
  const left = await world.get("message", { conversationId: narrow, limit: "1", backward: "true" });
  expect(left.data).toMatchObject({ messages: [{ messageExtra: { recalled: true } }] });
});

test("an edited message sent again is known, with other content it is not", async () => {
  const body = { from: "ben", conversationId: narrow, content: { text: "v0" }, localId: "again" };
  const first = (await world.post("message", body)).data as { messageId: string };
  await ben.client.edit(narrow, first.messageId, { text: "v1" });
  expect((await world.post("message", body)).data).toMatchObject({
    messageId: first.messageId,
    duplicate: true,
  });
  const other = await world.post("message", { ...body, content: { text: "v1" } });
  expect(other.code).toBe(409);
});

test("what has expired can't be edited or reacted to, and leaves nothing", async () => {
  const sent = await ben.client.send({
    conversationId: narrow,
    text: "brief",
    control: { ttl: 1 },
  });
  const id = String(sent.messageId);
  let code = 200;
  // A quick server gets to the hundredth edit, and its 413, before the message expires.
  while (code === 200 || code === 413) {
    await ann.client.react(narrow, id, "x");
    code = (await ben.client.edit(narrow, id, { text: "e" })).code;
  }
  expect(code).toBe(404);
  expect((await ann.client.react(narrow, id, "y")).code).toBe(404);
  expect((await ben.client.recall(narrow, id)).code).toBe(404);
  expect(await shown(ann, narrow, id)).toBeUndefined();
});
