// What is done to messages of a chatroom: by who said them, and by its owner, for those who attend.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { CMD } from "../../../src/wire/commands.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { about, type Device, startWorld, type World } from "../messages/users.ts";

const CHATROOM = 3;
const RECENT = 6;

let world: World;
let host: Device;
let ben: Device;
let cat: Device;
let id: string;

beforeAll(async () => {
  world = await startWorld({ LINNET_RECENT_EVENTS: String(RECENT) });
  for (const name of ["host", "ben", "cat", "dan"]) await world.server.login(name);
  [host, ben, cat] = await Promise.all([
    world.device("host"),
    world.device("ben", { framing: "proto" }),
    world.device("cat", { framing: "msgpack" }),
  ]);
}, 60_000);

afterAll(() => world.end(), 60_000);

async function chatroom(...attending: Device[]): Promise<string> {
  const made = await world.post("group", { ownerId: "host", conversationType: CHATROOM });
  const { conversationId } = made.data as { conversationId: string };
  for (const { client } of attending) await attend(client, conversationId);
  return conversationId;
}

async function attend(client: Device["client"], conversationId: string): Promise<void> {
  expect((await client.groups.join(conversationId)).code).toBe(200);
}

async function say(device: Device, text: string, localId = crypto.randomUUID()): Promise<string> {
  const said = { conversationId: id, kind: "chatroom", text, localId } as const;
  const sent = await device.client.send(said);
  expect(sent).toMatchObject({ ok: true });
  return String(sent.messageId);
}

async function shown(device: Device, messageId: string): Promise<Envelope | undefined> {
  const { data } = await device.client.history(id, { backward: true, limit: 50 });
  return data.messages.find(({ messageExtra }) => messageExtra?.messageId === messageId);
}

const codeOf = async (asked: Promise<{ code: number }>) => (await asked).code;

describe.each([...FRAMINGS])("%s", (framing) => {
  test("its sender recalls, edits and reacts, and all who attend hear of it", async () => {
    id = await chatroom(host);
    const name = `guest-${framing}`;
    await world.server.login(name);
    const guest = await world.device(name, { framing });
    expect((await guest.client.groups.join(id)).code).toBe(200);
    const first = await say(guest, "frist");
    expect(await codeOf(guest.client.edit(id, first, { text: "first" }))).toBe(200);
    expect(await codeOf(guest.client.react(id, first, "👍"))).toBe(200);
    await host.heard(about(CMD.reaction, first));
    const edited = await host.heard(about(CMD.edit, first));
    expect(edited.content).toMatchObject({ text: "first", data: { version: 1 } });
    expect(edited.messageExtra?.conversationPts).toBeGreaterThan(0);
    expect(await shown(guest, first)).toMatchObject({
      content: { text: "first" },
      messageExtra: { version: 1, reactions: [{ reaction: "👍", count: 1, mine: true }] },
    });
    const versions = await guest.client.versions(id, first);
    expect(versions.data.versions.map(({ content }) => content?.text)).toEqual(["frist", "first"]);
    expect(await codeOf(guest.client.recall(id, first))).toBe(200);
    expect(await codeOf(guest.client.recall(id, first))).toBe(200);
    await host.heard(about(CMD.recall, first));
    expect(host.events.filter(about(CMD.recall, first))).toHaveLength(1);
    expect((await shown(host, first))?.messageExtra).toMatchObject({ recalled: true });
    const second = await say(guest, "second");
    expect(await codeOf(guest.client.deleteMessages(id, [second], true))).toBe(200);
    await host.heard(about(CMD.delete, second));
    await guest.client.close();
  });
});

test("the owner recalls any, others their own alone, and pins are the owner's", async () => {
  id = await chatroom(host, ben, cat);
  const said = await say(ben, "by ben");
  expect(await codeOf(cat.client.recall(id, said))).toBe(2005);
  expect(await codeOf(cat.client.edit(id, said, { text: "not mine" }))).toBe(403);
  expect(await codeOf(cat.client.pin(id, said))).toBe(2005);
  expect(await codeOf(cat.client.react(id, said, "x"))).toBe(200);
  expect(await codeOf(host.client.pin(id, said))).toBe(200);
  expect((await cat.client.pins(id)).data.messages).toHaveLength(1);
  expect(await codeOf(host.client.edit(id, said, { text: "not mine" }))).toBe(403);
  expect(await codeOf(host.client.recall(id, said))).toBe(200);
  await Promise.all([ben, cat].map((device) => device.heard(about(CMD.recall, said))));
  expect((await shown(ben, said))?.content).toBeUndefined();
  // Also without attending, and over HTTP; there nobody else is known to attend.
  const next = await say(ben, "again");
  const asked = { conversationId: id, messageId: next };
  expect(await codeOf(world.post("message/recall", { ...asked, userId: "ben" }))).toBe(1002);
  expect((await host.client.groups.leave(id)).code).toBe(200);
  expect(await codeOf(host.client.recall(id, next))).toBe(200);
  const last = await say(ben, "and again");
  const byHost = { conversationId: id, messageId: last, userId: "host" };
  expect(await codeOf(world.post("message/recall", byHost))).toBe(200);
  const bySystem = { conversationId: id, messageId: await say(ben, "to the server") };
  expect(await codeOf(world.post("message/recall", bySystem))).toBe(200);
});

test("who doesn't attend does nothing, nor to what was said before he came", async () => {
  id = await chatroom(ben);
  const mine = await say(ben, "mine");
  expect(await codeOf(cat.client.recall(id, mine))).toBe(1002);
  expect(await codeOf(cat.client.react(id, mine, "x"))).toBe(1002);
  expect(await codeOf(cat.client.pins(id))).toBe(1002);
  // A seq that a reader says himself lets nobody in.
  expect(await codeOf(cat.client.unread(id, 7))).toBe(1002);
  for (let n = 0; n < RECENT; n++) await say(ben, `${n}`);
  expect((await cat.client.groups.join(id)).code).toBe(200);
  expect(await codeOf(cat.client.react(id, mine, "x"))).toBe(404);
  expect(await codeOf(cat.client.unread(id, 7))).toBe(1002);
  expect((await ben.client.groups.leave(id)).code).toBe(200);
  expect(await codeOf(ben.client.recall(id, mine))).toBe(1002);
  expect((await ben.client.groups.join(id)).code).toBe(200);
  expect(await codeOf(ben.client.recall(id, mine))).toBe(200);
  await cat.heard(about(CMD.recall, mine));
  expect(await codeOf(ben.client.recall(id, "12345"))).toBe(404);
});

test("who was thrown out, and a chatroom that is over", async () => {
  id = await chatroom(host, ben);
  const said = await say(ben, "rude");
  const gone = ben.heard(({ cmd }) => cmd === CMD.groupLeave);
  expect((await host.client.groups.leave(id, ["ben"])).code).toBe(200);
  await gone;
  expect(await codeOf(ben.client.edit(id, said, { text: "ruder" }))).toBe(1002);
  expect((await ben.client.groups.join(id)).code).toBe(200);
  expect((await host.client.request(CMD.groupDismiss, { conversationId: id })).code).toBe(200);
  expect(await codeOf(ben.client.edit(id, said, { text: "ruder" }))).toBe(2001);
  // What was said can still be taken back.
  expect(await codeOf(ben.client.recall(id, said))).toBe(200);
});

test("who is muted edits and reacts no more, and takes back what he said", async () => {
  id = await chatroom(host, ben);
  const said = await say(ben, "said");
  const until = Date.now() + 60_000;
  const mute = { userId: "ben", until };
  expect(await codeOf(world.post("user/mute", mute))).toBe(200);
  expect(await codeOf(ben.client.edit(id, said, { text: "x" }))).toBe(2002);
  expect(await codeOf(ben.client.react(id, said, "x"))).toBe(2002);
  expect(await codeOf(world.post("user/mute", { ...mute, until: 0 }))).toBe(200);
  expect(await codeOf(ben.client.react(id, said, "x"))).toBe(200);
  expect(await codeOf(host.client.groups.mute(id, until))).toBe(200);
  expect(await codeOf(ben.client.react(id, said, "y"))).toBe(2002);
  expect(await codeOf(host.client.react(id, said, "y"))).toBe(200);
  expect(await codeOf(ben.client.recall(id, said))).toBe(200);
});

test("nothing is kept of who attends: no deletion for oneself, no row of an inbox", async () => {
  id = await chatroom(host, ben);
  const said = await say(ben, "for all or not at all");
  expect(await codeOf(ben.client.deleteMessages(id, [said]))).toBe(3003);
  expect(await codeOf(ben.client.react(id, said, "x"))).toBe(200);
  const sql = postgres(world.server.databaseUrl, { max: 1 });
  const [kept] = await sql`
    SELECT (SELECT count(*)::int FROM members WHERE conversation_id = ${id}) AS members,
      (SELECT count(*)::int FROM inbox i JOIN events e ON e.id = i.event_id
        WHERE e.conversation_id = ${id}) AS events,
      (SELECT count(*)::int FROM inbox i JOIN messages x ON x.id = i.message_id
        WHERE x.conversation_id = ${id}) AS messages`;
  await sql.end();
  expect(kept).toEqual({ members: 0, events: 0, messages: 0 });
});

test("two at the same time: one is told, both see the same", async () => {
  id = await chatroom(host, ben, cat);
  const said = await say(ben, "twice");
  const codes = await Promise.all([
    codeOf(ben.client.recall(id, said)),
    codeOf(host.client.recall(id, said)),
    codeOf(ben.client.edit(id, said, { text: "late" })),
  ]);
  expect(codes.slice(0, 2)).toEqual([200, 200]);
  await cat.heard(about(CMD.recall, said));
  expect(cat.events.filter(about(CMD.recall, said))).toHaveLength(1);
  for (const device of [host, ben, cat]) {
    expect((await shown(device, said))?.messageExtra).toMatchObject({ recalled: true });
  }
});
