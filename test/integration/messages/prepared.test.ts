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
