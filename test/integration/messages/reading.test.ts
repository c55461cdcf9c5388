// Read cursors, unread and mentions, who has read what, and what has been delivered.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CMD } from "../../../src/wire/commands.ts";
import { until } from "../../support/pace.ts";
import { type Device, startWorld, type World } from "./users.ts";

let world: World;
let ann: Device;
let ben: Device;

beforeAll(async () => {
  world = await startWorld();
  for (const id of ["ann", "ben", "cat", "dan"]) await world.server.login(id);
  await world.friends("ann", "ben");
  [ann, ben] = await Promise.all([world.device("ann"), world.device("ben", { framing: "proto" })]);
}, 60_000);

afterAll(() => world.end(), 60_000);

async function entry(device: Device, conversationId: number | string) {
  const { data } = await device.client.conversations();
  return data.conversations.find((one) => String(one.conversationId) === String(conversationId));
}

async function unread(device: Device, conversationId: number | string) {
  const found = await entry(device, conversationId);
  return [found?.unread, found?.unreadMentions, found?.readSeq];
}

describe.each([
  ["narrow", ["ben"]],
  ["wide", ["ben", "cat", "dan"]],
])("%s", (kind, members) => {
  test("unread goes by the cursor, forward and back, on every device", async () => {
    const id = await world.group("ann", members);
    const phone = await world.device("ben", { deviceType: "im_app_ios" });
    const sent: string[] = [];
    for (let n = 0; n < 6; n++) {
      const all = n === 4 ? { mentions: { all: true } } : {};
      const { messageId } = await ann.client.send({
        conversationId: id,
        content: { text: `${n}`, ...all },
      });
      sent.push(String(messageId));
    }
    await ben.client.send({ conversationId: id, text: "own" });
    expect(await unread(ben, id)).toEqual([6, 1, -1]);
    await ben.client.read(id, 2);
    expect(await unread(phone, id)).toEqual([3, 1, 2]);
    await ann.client.recall(id, sent[3] as string);
    expect(await unread(ben, id)).toEqual([2, 1, 2]);
    await ben.client.deleteMessages(id, [sent[4] as string]);
    expect(await unread(phone, id)).toEqual([1, 0, 2]);
    await phone.client.unread(id, 1);
    await ben.heard(
      ({ cmd, route }) => cmd === CMD.readCancel && String(route?.conversationId) === id,
    );
    expect(await unread(ben, id)).toEqual([3, 0, 0]);
    await ben.client.unread(id, 5);
    expect(await unread(ben, id)).toEqual([3, 0, 0]);
    await phone.client.readAll();
    const told = await ben.heard(({ cmd }) => cmd === CMD.readAll);
    expect(told.content?.data?.["conversations"]).toContainEqual({
      conversationId: Number(id),
      seq: 6,
    });
    expect(await unread(ben, id)).toEqual([0, 0, 6]);
    expect((await ben.client.read(id, 6)).code).toBe(200);
    ben.events.length = 0;
    await phone.client.close();
  });

  test("who has read a message, in pages, without the sender", async () => {
    const id = await world.group("ann", members);
    const first = await ben.client.send({ conversationId: id, text: "first" });
    const second = await ann.client.send({ conversationId: id, text: "second" });
    await ben.client.read(id, 1);
    await ann.client.read(id, 0);
    const readers = async (messageId: unknown, options = {}) =>
      (await ann.client.readers(id, String(messageId), options)).data;
    expect(await readers(first.messageId)).toEqual({ userIds: ["ann"], cursor: "", final: true });
    expect((await readers(second.messageId)).userIds).toEqual(["ben"]);
    if (kind === "wide") {
      for (const userId of ["cat", "dan"]) {
        await world.post("conversation/read", { userId, conversationId: id, seq: 1 });
      }
      const page = await readers(second.messageId, { limit: 2 });
      expect(page).toMatchObject({ userIds: ["ben", "cat"], final: false });
      const rest = await readers(second.messageId, { limit: 2, cursor: page.cursor });
      expect(rest).toEqual({ userIds: ["dan"], cursor: "", final: true });
    }
    const quiet = await ann.client.send({
      conversationId: id,
      text: "no receipts",
      control: { needReceipt: false },
    });
    await ben.client.read(id, 2);
    expect((await readers(quiet.messageId)).userIds).toEqual([]);
  });
});

test.each([
  ["narrow", ["ben"]],
  ["wide", ["ben", "cat", "dan"]],
])("%s: what the reader has cleared counts no more, nor is there for him", async (_, members) => {
  const id = await world.group("ann", members);
  const content = { text: "all", mentions: { all: true } };
  const { messageId } = await ann.client.send({ conversationId: id, content });
  expect((await ann.client.pin(id, String(messageId))).code).toBe(200);
  expect(await unread(ben, id)).toEqual([1, 1, -1]);
  expect((await ben.client.clearConversation(id)).code).toBe(200);
  await ann.client.send({ conversationId: id, text: "later" });
  expect(await unread(ben, id)).toEqual([1, 0, -1]);
  expect((await ben.client.react(id, String(messageId), "x")).code).toBe(404);
  expect((await ben.client.pins(id)).data.messages).toEqual([]);
  expect((await ann.client.pins(id)).data.messages).toHaveLength(1);
});

test("a reader far behind is told no more than what is looked through", async () => {
  const id = await world.group("ann", ["ben"]);
  const sql = new Bun.SQL(world.server.databaseUrl);
  await ann.client.send({ conversationId: id, text: "first" });
  await sql`
    INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, cmd, type, flags,
      device_id, local_id, content)
    SELECT 1000 + n, ${id}, n, (SELECT id FROM users WHERE external_id = 'ann'), n, 2, 1, 0, 'd',
      n::text, '' FROM generate_series(1, 6000) AS n`;
  await sql.close();
  expect((await entry(ben, id))?.unread).toBe(5000);
  expect(
    (await world.post("conversation/read", { userId: "ben", conversationId: id, seq: 5990 })).code,
  ).toBe(200);
});

test("the sender of a one-to-one message sees that it was delivered and read", async () => {
  const sent = await ann.client.send({ to: "ben", text: "hello" });
  const id = sent.conversationId as number;
  const heard = await ben.heard(({ content }) => content?.text === "hello");
  expect(await entry(ann, id)).toMatchObject({ deliveredSeq: -1, peerReadSeq: -1 });
  const pts = heard.messageExtra?.pts as number;
  // Not before it is there: a device is believed as far as its log reaches.
  expect((await ben.client.received(pts)).code).toBe(200);
  await until(async () => (await entry(ann, id))?.deliveredSeq === 0, 10_000);
  await ben.client.read(id, 0);
  expect(await entry(ann, id)).toMatchObject({ deliveredSeq: 0, peerReadSeq: 0 });
  const quiet = { to: "ben", text: "quiet", control: { needReceipt: false } };
  await ann.client.send(quiet);
  const last = await ben.heard(({ content }) => content?.text === "quiet");
  const receipt = { userId: "ben", pts: (last.messageExtra?.pts as number) + 1_000_000 };
  expect((await world.post("receipt", receipt)).code).toBe(200);
  const sql = new Bun.SQL(world.server.databaseUrl);
  const written = async () =>
    (await sql`SELECT max(pts)::int8 AS pts FROM device_receipts WHERE device = 'api'`)[0].pts;
  await until(async () => (await written()) !== null, 10_000);
  expect(Number(await written())).toBeLessThan(1000);
  await sql.close();
  expect(await entry(ann, id)).toMatchObject({ deliveredSeq: 0 });
});

test("read marks are refused where they make no sense", async () => {
  const id = await world.group("ann", ["ben"]);
  const post = (path: string, input: object) => world.post(path, input);
  const as = (userId: string) => ({ userId, conversationId: id, seq: 0 });
  expect((await post("conversation/read", as("cat"))).code).toBe(2003);
  expect((await post("conversation/unread", as("cat"))).code).toBe(2003);
  expect((await post("conversation/unread", { ...as("ann"), seq: -1 })).code).toBe(1004);
  expect((await post("conversation/unread", { ...as("ann"), conversationId: "999999" })).code).toBe(
    1003,
  );
  expect((await post("conversation/unread", { userId: "ann", conversationId: id })).code).toBe(
    1005,
  );
  expect((await post("conversation/read-all", {})).code).toBe(1005);
  expect((await ann.client.request(CMD.receipt)).code).toBe(1005);
});
