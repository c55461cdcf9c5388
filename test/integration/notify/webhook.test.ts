// The host application is told of what happened: in order, signed, again until it says yes.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "../../../src/sdk/client.ts";
import { AS_APP, startServer, type As, type TestServer } from "../http/server.ts";
import { type Posted, type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";

let server: TestServer;
let receiver: Receiver;
let ann: As;

beforeAll(async () => {
  receiver = startReceiver(SECRET);
  server = await startServer({
    LINNET_WEBHOOK_URL: `${receiver.url}/hook`,
    LINNET_WEBHOOK_SECRET: SECRET,
    LINNET_OUTGOING_HOSTS: "127.0.0.1",
    LINNET_WEBHOOK_ATTEMPTS: "2",
  });
  ann = await server.login("ann");
  await server.login("ben");
  await server.login("cas");
  for (const friendId of ["ben", "cas"]) {
    await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "ann", friendId });
  }
}, 60_000);

afterAll(async () => {
  await server.stop();
  receiver.stop();
});

async function say(to: string, text: string): Promise<Record<string, unknown>> {
  const body = { from: "ann", to, content: { text }, localId: crypto.randomUUID() };
  const { code, data } = await server.call("POST", "/openapi/v1/message", ann, body);
  expect(code).toBe(200);
  return data as Record<string, unknown>;
}

function textOf({ body }: Posted): string {
  const envelope = body["envelope"] as { content?: { text?: string } } | undefined;
  return envelope?.content?.text ?? "";
}

test("a stored message is told once, signed, with its numbers, and leaves the outbox", async () => {
  const sent = await say("ben", "hello");
  const [told] = await receiver.wait(1, (one) => textOf(one) === "hello");
  expect(told).toMatchObject({
    path: "/hook",
    signed: true,
    body: {
      event: "message.stored",
      messageId: sent["messageId"],
      envelope: {
        route: { from: "ann", conversationId: sent["conversationId"] },
        messageExtra: { conversationSeq: 0 },
      },
    },
  });
  expect(told?.headers.get("x-linnet-event-id")).toBe(String(told?.body["eventId"]));
});

test("what a conversation is told of keeps its order, whatever fails in between", async () => {
  let failures = 0;
  receiver.answerWith = (one) => {
    if (textOf(one) === "cas 1" && failures++ === 0) return 500;
    return 200;
  };
  for (let i = 0; i < 5; i++) await say("cas", `cas ${i}`);
  await say("ben", "not held up");
  const all = await receiver.wait(6, (one) => textOf(one).startsWith("cas "));
  expect(all.map(textOf)).toEqual(["cas 0", "cas 1", "cas 1", "cas 2", "cas 3", "cas 4"]);
  const ids = new Set(all.map(({ body }) => body["eventId"]));
  expect(ids.size).toBe(5);
  await receiver.wait(1, (one) => textOf(one) === "not held up");
});

test("reads and changes of groups are told, each once", async () => {
  const { conversationId } = await say("ben", "read me");
  const { token } = await server.login("ben");
  const ben = createClient({ url: server.url, token: token ?? "", deviceType: "im_web" });
  await ben.connect();
  await ben.read(String(conversationId), 1);
  await ben.close();
  const [told] = await receiver.wait(1, ({ body }) => body["event"] === "message.read");
  expect(told?.body["envelope"]).toMatchObject({ route: { from: "ben", conversationId } });
  const group = { ownerId: "ann", name: "Choir", memberIds: ["ben", "cas"] };
  await server.call("POST", "/openapi/v1/group", AS_APP, group);
  await receiver.wait(1, ({ body }) => body["event"] === "group.changed");
  await say("ben", "after the group");
  await receiver.wait(1, (one) => textOf(one) === "after the group");
  const changes = receiver.posted.filter(({ body }) => body["event"] === "group.changed");
  expect(changes.length).toBe(1);
});

test("what fails too often is set aside, its line goes on, and a replay tells it", async () => {
  receiver.answerWith = (one) => (textOf(one) === "doomed" ? 503 : 200);
  await say("ben", "doomed");
  await say("ben", "goes on");
  await receiver.wait(1, (one) => textOf(one) === "goes on");
  const path = "/openapi/v1/outbox/dead";
  const dead = (await server.call("GET", path, AS_APP, {})).data as {
    events: { eventId: string; error: string; attempts: number }[];
  };
  expect(dead.events).toMatchObject([{ event: "message.stored", error: "HTTP 503", attempts: 2 }]);
  expect((await server.call("GET", path, ann, {})).code).toBe(403);
  receiver.answerWith = () => 200;
  const eventIds = dead.events.map(({ eventId }) => eventId);
  const replayed = await server.call("POST", "/openapi/v1/outbox/replay", AS_APP, { eventIds });
  expect(replayed.data).toEqual({ replayed: 1 });
  const told = await receiver.wait(3, (one) => textOf(one) === "doomed");
  expect(told.every(({ body }) => body["eventId"] === eventIds[0])).toBe(true);
  const again = await server.call("POST", "/openapi/v1/outbox/replay", AS_APP, { eventIds: ["x"] });
  expect(again.code).toBe(1004);
});

test("a user who comes and goes is told of, once each, in this order", async () => {
  const { token = "" } = await server.login("dot");
  const dot = createClient({ url: server.url, token, deviceType: "im_web" });
  await dot.connect();
  const isDot = ({ body }: Posted) => body["userId"] === "dot";
  await receiver.wait(1, isDot);
  await dot.close();
  const told = await receiver.wait(2, isDot);
  expect(told.map(({ body }) => body["event"])).toEqual(["user.online", "user.offline"]);
}, 15_000);
