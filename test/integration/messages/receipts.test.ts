// Which receipts a sender wants: control.needReceipt and control.receiptType, and what the other of
// two, the readers of a group and a device that was away are told then.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { CMD } from "../../../src/wire/commands.ts";
import type { Control, Envelope } from "../../../src/wire/envelope.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { until } from "../../support/pace.ts";
import { type Device, startWorld, type World } from "./users.ts";

const PATIENT = 20_000;
const DELIVERED = 1;
const READ = 2;

let world: World;
let sql: postgres.Sql;

beforeAll(async () => {
  world = await startWorld();
  sql = postgres(world.server.databaseUrl, { max: 1, onnotice: () => {} });
}, 60_000);

afterAll(async () => {
  await sql.end();
  await world.end();
}, 60_000);

/** Up to where a device of the user has said that it has his log, as it is written. */
async function receivedBy(userId: string): Promise<number> {
  const [row] = await sql<{ pts: number }[]>`
    SELECT coalesce(max(d.pts), 0)::int AS pts FROM device_receipts d
    JOIN users u ON u.id = d.user_id WHERE u.external_id = ${userId}`;
  return row?.pts ?? 0;
}

async function friendsOnline(name: string, framing: (typeof FRAMINGS)[number]) {
  const [sender, reader] = [`${name}-sender`, `${name}-reader`];
  for (const id of [sender, reader]) await world.server.login(id);
  await world.friends(sender, reader);
  const [from, to] = await Promise.all([
    world.device(sender, { framing, receipts: false }),
    world.device(reader, { framing, receipts: false }),
  ]);
  return { sender, reader, from, to };
}

async function entry(device: Device) {
  return (await device.client.conversations()).data.conversations[0];
}

/** What a device heard of the other's reading. */
function toldOf(events: readonly Envelope[], reader: string): unknown[] {
  const reads = events.filter(({ cmd, route }) => cmd === CMD.read && route?.from === reader);
  return reads.map(({ content }) => content?.data?.["seq"]);
}

describe.each([...FRAMINGS])("%s", (framing) => {
  test(
    "the sender is told what he wants to know, and no more",
    async () => {
      const { sender, reader, from, to } = await friendsOnline(framing, framing);
      const say = async (control: Control): Promise<Envelope> => {
        const sent = await from.client.send({ to: reader, text: "told?", control });
        expect(sent).toMatchObject({ ok: true });
        return await to.heard(({ messageExtra }) => messageExtra?.messageId === sent.messageId);
      };
      const first = await say({});
      const id = first.route?.conversationId as number;
      await to.client.read(id, 0);
      await from.heard(({ cmd, route }) => cmd === CMD.read && route?.from === reader);
      // 1: that he has it, not that he has read it.
      const delivered = await say({ receiptType: DELIVERED });
      await to.client.received(delivered.messageExtra?.pts as number);
      await to.client.read(id, 1);
      expect(await until(async () => (await entry(from))?.deliveredSeq === 1, 10_000, 50)).toBe(
        true,
      );
      expect(await entry(from)).toMatchObject({ deliveredSeq: 1, peerReadSeq: 0 });
      expect(await entry(to)).toMatchObject({ readSeq: 1, unread: 0 });
      // Neither: not by reading all, either.
      await say({ needReceipt: false, receiptType: READ });
      expect((await to.client.readAll()).code).toBe(200);
      expect(await entry(from)).toMatchObject({ peerReadSeq: 0 });
      // 2: that he has read it, not that he has it.
      const read = await say({ receiptType: READ });
      await to.client.received(read.messageExtra?.pts as number);
      await to.client.read(id, 3);
      await from.heard(
        ({ cmd, route, content }) =>
          cmd === CMD.read && route?.from === reader && content?.data?.["seq"] === 3,
      );
      const pts = read.messageExtra?.pts as number;
      expect(await until(async () => (await receivedBy(reader)) >= pts, 10_000, 50)).toBe(true);
      expect(await entry(from)).toMatchObject({ deliveredSeq: 1, peerReadSeq: 3 });
      const last = await say({ receiptType: 0 });
      await to.client.received(last.messageExtra?.pts as number);
      expect(await until(async () => (await entry(from))?.deliveredSeq === 4, 10_000, 50)).toBe(
        true,
      );
      expect(toldOf(from.events, reader)).toEqual([0, 3]);
      const heard: Envelope[] = [];
      const away = await world.device(sender, { deviceType: "im_app_ios", framing }, (event) => {
        heard.push(event);
      });
      expect(toldOf(heard, reader)).toEqual([0, 3]);
      await away.client.close();
    },
    PATIENT,
  );

  test("who has read a message of a group is told of those that want it", async () => {
    const { sender, reader, from, to } = await friendsOnline(`group-${framing}`, framing);
    const id = await world.group(sender, [reader]);
    const sent: string[] = [];
    for (const control of [{}, { receiptType: DELIVERED }, { receiptType: READ }]) {
      const said = await from.client.send({ conversationId: id, text: "read?", control });
      sent.push(String(said.messageId));
    }
    await to.client.read(id, 2);
    const readers = await Promise.all(
      sent.map(async (messageId) => (await from.client.readers(id, messageId)).data.userIds),
    );
    expect(readers).toEqual([[reader], [], [reader]]);
  });

  test("there are no other types", async () => {
    const { reader, from } = await friendsOnline(`wrong-${framing}`, framing);
    const sent = await from.client.send({ to: reader, text: "x", control: { receiptType: 3 } });
    expect(sent).toMatchObject({ ok: false, code: 1004 });
    expect(sent.message).toContain("control.receiptType");
  });
});

test("reads that come at once are told as far as they may be", async () => {
  const { reader, from, to } = await friendsOnline("hasty", "json");
  const controls: Control[] = [{}, {}, { receiptType: DELIVERED }, { receiptType: DELIVERED }];
  let id = 0;
  for (const control of controls) {
    const sent = await from.client.send({ to: reader, text: "told?", control });
    id = sent.conversationId as number;
  }
  // The second is told later, and by then the reader is beyond what may be told.
  await Promise.all([0, 1, 2, 3].map((seq) => to.client.read(id, seq)));
  await from.heard(
    ({ cmd, route, content }) =>
      cmd === CMD.read && route?.from === reader && content?.data?.["seq"] === 1,
  );
  expect(await entry(from)).toMatchObject({ peerReadSeq: 1 });
  expect(toldOf(from.events, reader)).toEqual([0, 1]);
});

test("over HTTP the same", async () => {
  const { sender, reader, from, to } = await friendsOnline("http", "json");
  const said = { from: sender, to: reader, content: { text: "over HTTP" } };
  const wrong = { ...said, control: { receiptType: 3 }, localId: "wrong" };
  const refused = await world.post("message", wrong);
  expect(refused).toMatchObject({ code: 1004, msg: "body.control.receiptType: not from 0 to 2" });
  const control = { receiptType: DELIVERED };
  const sent = await world.post("message", { ...said, control, localId: "quiet" });
  const { conversationId, messageId } = sent.data as { conversationId: string; messageId: string };
  // A relation that changes makes the writer read the conversation anew.
  await world.remove("friend", { userId: sender, friendId: reader });
  await world.friends(sender, reader);
  const read = { userId: reader, conversationId, seq: 0 };
  expect((await world.post("conversation/read", read)).code).toBe(200);
  expect(await entry(from)).toMatchObject({ peerReadSeq: -1 });
  const readers = await world.get("message/readers", { userId: sender, conversationId, messageId });
  expect(readers.data).toMatchObject({ userIds: [] });
  await world.post("message", { ...said, localId: "as always" });
  await to.client.read(conversationId, 1);
  await from.heard(({ cmd, route }) => cmd === CMD.read && route?.from === reader);
  expect(toldOf(from.events, reader)).toEqual([1]);
});
