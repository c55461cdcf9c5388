// Messages for later, and messages that hand others on.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { type Device, startWorld, type World } from "./users.ts";

let world: World;
let ann: Device;
let ben: Device;
let group: string;

beforeAll(async () => {
  world = await startWorld();
  for (const id of ["ann", "ben", "cat"]) await world.server.login(id);
  await world.friends("ann", "ben");
  group = await world.group("ann", ["ben"]);
  [ann, ben] = await Promise.all([world.device("ann"), world.device("ben")]);
}, 60_000);

afterAll(() => world.end(), 60_000);

const saying = (text: string) => (event: Envelope) => event.content?.text === text;

test.each([...FRAMINGS])(
  "%s: a message for later is sent once, when its time has come",
  async (framing) => {
    const device = await world.device("ann", { framing, deviceType: "im_pc_win" });
    const text = `later ${framing}`;
    const sendAt = Date.now() + 1500;
    const options = { to: "ben", text, control: { sendAt }, localId: `later-${framing}` };
    const [first, second] = await Promise.all([
      device.client.send(options),
      device.client.send({
        ...options,
        localId: `other-${framing}`,
        control: { sendAt: sendAt + 3_600_000 },
      }),
    ]);
    expect([first.code, second.code]).toEqual([200, 200]);
    const waiting = (await device.client.scheduled()).data.messages;
    expect(waiting.map(({ message }) => message.content?.text)).toEqual([text, text]);
    const never = waiting.find((one) => one.sendAt > sendAt)?.scheduleId as string;
    expect((await ben.client.cancelScheduled(never)).code).toBe(404);
    expect((await device.client.cancelScheduled(never)).code).toBe(200);
    expect((await device.client.cancelScheduled(never)).code).toBe(404);
    const event = await ben.heard(saying(text));
    expect(event.messageExtra?.timestamp).toBeGreaterThanOrEqual(sendAt - 50);
    // The same request again is the same message, although it is sent at once now.
    const again = await world.post("message", {
      from: "ann",
      to: "ben",
      type: 1,
      content: { text },
      localId: `later-${framing}`,
      deviceId: "im_pc_win",
    });
    expect(again.data).toMatchObject({ messageId: event.messageExtra?.messageId, duplicate: true });
    expect(ben.events.filter(saying(text))).toHaveLength(1);
    await device.client.close();
  },
);

test("what may not be said may not be said later either", async () => {
  const later = { control: { sendAt: Date.now() + 60_000 }, content: { text: "x" } };
  const send = (input: object) => world.post("message", { ...later, ...input });
  expect((await send({ from: "cat", to: "ann", cmd: 1, localId: "l1" })).code).toBe(1006);
  expect((await send({ from: "cat", conversationId: group, localId: "l2" })).code).toBe(2003);
  const far = { sendAt: Date.now() + 400 * 86_400_000 };
  expect(
    (await send({ from: "ann", conversationId: group, localId: "l3", control: far })).code,
  ).toBe(413);
  const taken = await send({ from: "ann", conversationId: group, localId: "l4" });
  const { scheduleId } = taken.data as { scheduleId: string };
  const same = await send({ from: "ann", conversationId: group, localId: "l4" });
  expect(same.data).toEqual(taken.data as object);
  const list = await world.get("message/scheduled", { userId: "ann" });
  expect(list.data).toMatchObject({
    messages: [{ scheduleId, message: { content: { text: "x" } } }],
  });
  const cancel = { userId: "ann", scheduleId };
  expect((await world.remove("message/scheduled", cancel)).code).toBe(200);
});

test("FORWARD and MERGE carry what the sender can read, not what he claims", async () => {
  const ids: string[] = [];
  for (const text of ["one", "two"]) {
    ids.push(String((await ben.client.send({ conversationId: group, text })).messageId));
  }
  const data = { fromConversationId: Number(group), messageIds: ids, messages: [] };
  const merged = await ann.client.send({ to: "ben", type: 23, content: { text: "see", data } });
  expect(merged).toMatchObject({ ok: true });
  const event = await ben.heard(saying("see"));
  expect(event.route?.type).toBe(23);
  const messages = (event.content?.data?.["messages"] ?? []) as Envelope[];
  expect(messages.map((one) => [one.route?.from, one.content?.text])).toEqual([
    ["ben", "one"],
    ["ben", "two"],
  ]);
  // What was handed on stays, when the first is taken back.
  await ben.client.recall(group, ids[0] as string);
  const conversationId = merged.conversationId as number;
  const { data: page } = await ben.client.history(conversationId, { backward: true, limit: 1 });
  expect(page.messages[0]?.content?.data).toMatchObject({
    messages: [{ content: { text: "one" } }, {}],
  });
  const again = await ann.client.send({ to: "ben", type: 23, content: { data } });
  expect(again.code).toBe(404);
});

test("handing on is refused for what the sender can't read, and for wrong shapes", async () => {
  const { messageId } = await ben.client.send({ conversationId: group, text: "secret" });
  const send = async (from: string, to: string, type: number, data: object) => {
    const localId = crypto.randomUUID();
    const answer = await world.post("message", {
      from,
      to,
      cmd: 6,
      type,
      content: { data },
      localId,
    });
    return answer.code;
  };
  const of = { fromConversationId: group, messageIds: [messageId] };
  expect(await send("cat", "ann", 22, of)).toBe(2003);
  expect(await send("ann", "cat", 22, of)).toBe(200);
  expect(await send("ann", "cat", 1, of)).toBe(1004);
  expect(await send("ann", "cat", 22, { ...of, messageIds: [messageId, messageId] })).toBe(1004);
  expect(await send("ann", "cat", 23, { ...of, messageIds: ["17"] })).toBe(404);
  expect(await send("ann", "cat", 23, { messageIds: [messageId] })).toBe(1005);
  expect(await send("ann", "cat", 23, { ...of, messageIds: [] })).toBe(1005);
  expect(await send("ann", "cat", 23, { ...of, fromConversationId: "999999" })).toBe(1003);
  expect(await send("ann", "cat", 23, { ...of, messageIds: Array(101).fill(messageId) })).toBe(413);
});

interface Sent {
  code: number;
  data: { messageId?: string; duplicate?: boolean; scheduleId?: string; sendAt?: number } | null;
}

const post = async (input: object) => (await world.post("message", input)) as unknown as Sent;

test("handed on before is known again, whatever became of its source", async () => {
  const { messageId } = await ben.client.send({ conversationId: group, text: "as it was" });
  const other = await ben.client.send({ conversationId: group, text: "another" });
  const data = { fromConversationId: group, messageIds: [messageId] };
  const content = { text: "look", data };
  const forward = { from: "ann", to: "ben", type: 22, content, localId: "f1", deviceId: "d" };
  const first = await post(forward);
  expect(first.code).toBe(200);
  expect(first.data?.duplicate).toBeUndefined();
  const known = { code: 200, data: { messageId: first.data?.messageId, duplicate: true } };
  expect(await post(forward)).toMatchObject(known);
  expect((await ben.client.edit(group, messageId as string, { text: "edited" })).code).toBe(200);
  expect(await post(forward)).toMatchObject(known);
  expect((await ben.client.recall(group, messageId as string)).code).toBe(200);
  expect(await post(forward)).toMatchObject(known);
  // Other content is other content still, with a source that is there and with one that isn't.
  expect((await post({ ...forward, content: { text: "else", data } })).code).toBe(409);
  const others = { ...data, messageIds: [other.messageId] };
  expect((await post({ ...forward, content: { text: "look", data: others } })).code).toBe(409);
  // What never was handed on is refused for what its source is now, and what is no request as one.
  expect((await post({ ...forward, localId: "f2" })).code).toBe(404);
  const none = { ...data, messageIds: [] };
  expect((await post({ ...forward, content: { data: none } })).code).toBe(1005);
});

test("handed on before, and put off, by somebody who has left the source since", async () => {
  const left = await world.group("ann", ["cat"]);
  const { messageId } = await ann.client.send({ conversationId: left, text: "for those inside" });
  const content = { data: { fromConversationId: left, messageIds: [messageId] } };
  const to = { from: "cat", to: "ann", cmd: 6, type: 23, deviceId: "d", content };
  const later = { ...to, localId: "c2", control: { sendAt: Date.now() + 3_600_000 } };
  const [sent, waiting] = [await post({ ...to, localId: "c1" }), await post(later)];
  expect([sent.code, waiting.code]).toEqual([200, 200]);
  const gone = { conversationId: left, userIds: ["cat"] };
  expect((await world.remove("group/member", gone)).code).toBe(200);
  expect(await post({ ...to, localId: "c1" })).toMatchObject({
    code: 200,
    data: { messageId: sent.data?.messageId, duplicate: true },
  });
  expect(await post(later)).toMatchObject({ code: 200, data: waiting.data as object });
  expect((await post({ ...to, localId: "c3" })).code).toBe(2003);
});

test("put off twice is put off once, and 409 with other content or elsewhere", async () => {
  const sendAt = Date.now() + 3_600_000;
  const said = { from: "ann", to: "ben", content: { text: "twice" }, localId: "s1", deviceId: "d" };
  const first = await post({ ...said, control: { sendAt } });
  expect(first.data?.scheduleId).toBeString();
  const same = { code: 200, data: first.data as object };
  expect(await post({ ...said, control: { sendAt } })).toMatchObject(same);
  expect(await post({ ...said, control: { sendAt: sendAt + 1000 } })).toMatchObject(same);
  const otherwise = [{ content: { text: "else" } }, { type: 12 }, { to: "cat", cmd: 6 }];
  for (const change of otherwise) {
    const { code } = await post({ ...said, ...change, control: { sendAt } });
    expect([change, code]).toEqual([change, 409]);
  }
  const both = ["one", "two"].map((text) =>
    post({ ...said, content: { text }, localId: "s2", control: { sendAt } }),
  );
  const codes = (await Promise.all(both)).map(({ code }) => code);
  expect(codes.sort((a, b) => a - b)).toEqual([200, 409]);
  const cancel = { userId: "ann", scheduleId: first.data?.scheduleId };
  expect((await world.remove("message/scheduled", cancel)).code).toBe(200);
  expect((await post({ ...said, control: { sendAt } })).code).toBe(409);
});

test("put off once more after it was sent is the message that was sent", async () => {
  const text = "its time has come";
  const said = { from: "ann", to: "ben", content: { text }, localId: "t1", deviceId: "d" };
  const first = await post({ ...said, control: { sendAt: Date.now() + 600 } });
  expect(first.data?.scheduleId).toBeString();
  const event = await ben.heard(saying(text));
  const again = { ...said, control: { sendAt: Date.now() + 3_600_000 } };
  const known = { messageId: event.messageExtra?.messageId, duplicate: true };
  expect(await post(again)).toMatchObject({ code: 200, data: known });
  expect((await post({ ...again, content: { text: "else" } })).code).toBe(409);
  // What was sent at once is known too when it is put off.
  const now = await post({ ...said, localId: "t2" });
  const { messageId } = now.data ?? {};
  expect(await post({ ...again, localId: "t2" })).toMatchObject({ data: { messageId } });
  expect((await world.get("message/scheduled", { userId: "ann" })).data).not.toMatchObject({
    messages: [{ message: { header: { localId: "t2" } } }],
  });
  await ben.heard((one) => one.messageExtra?.messageId === messageId);
  expect(ben.events.filter(saying(text))).toHaveLength(2);
});
