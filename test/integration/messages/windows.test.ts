// The times in which senders may take back and edit what they said, and who is above them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../support/pace.ts";
import { type Device, startWorld, type World } from "./users.ts";

let world: World;
let ann: Device;
let ben: Device;

beforeAll(async () => {
  world = await startWorld({ LINNET_RECALL_SECONDS: "1", LINNET_EDIT_SECONDS: "1" });
  for (const id of ["ann", "ben"]) await world.server.login(id);
  [ann, ben] = await Promise.all([world.device("ann"), world.device("ben")]);
}, 60_000);

afterAll(() => world.end(), 60_000);

test("a sender is too late after the window, an administrator never is", async () => {
  const group = await world.group("ann", ["ben"]);
  const { messageId, timestamp } = await ben.client.send({ conversationId: group, text: "stay" });
  const id = String(messageId);
  expect((await ben.client.edit(group, id, { text: "in time" })).code).toBe(200);
  await until(() => Date.now() > (timestamp ?? 0) + 1500, 5000);
  expect((await ben.client.recall(group, id)).code).toBe(3005);
  expect((await ben.client.deleteMessages(group, [id], true)).code).toBe(3005);
  expect((await ben.client.edit(group, id, { text: "late" })).code).toBe(3005);
  expect((await ben.client.deleteMessages(group, [id])).code).toBe(200);
  expect((await ann.client.recall(group, id)).code).toBe(200);
});

test("of two nobody takes back what the other said, and the server takes back all", async () => {
  const sent = await ann.client.send({ to: "ben", kind: "stranger", text: "hi" });
  const [conversationId, messageId] = [String(sent.conversationId), String(sent.messageId)];
  expect((await ben.client.recall(conversationId, messageId)).code).toBe(403);
  expect((await world.post("block", { userId: "ben", blockedId: "ann" })).code).toBe(200);
  expect((await ann.client.edit(conversationId, messageId, { text: "ho" })).code).toBe(1007);
  expect((await ann.client.react(conversationId, messageId, "x")).code).toBe(1007);
  await until(() => Date.now() > (sent.timestamp ?? 0) + 1500, 5000);
  expect((await ann.client.recall(conversationId, messageId)).code).toBe(3005);
  expect((await world.post("message/recall", { conversationId, messageId })).code).toBe(200);
});
