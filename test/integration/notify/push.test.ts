// Offline pushes: each provider against a local server that speaks its protocol, and when none.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import { type As, AS_APP, type TestServer } from "../http/server.ts";
import type { Apple } from "./apple.ts";
import type { Browser } from "./browser.ts";
import { type Google, refusal } from "./google.ts";
import { isFor, type Providers, startProviders } from "./providers.ts";
import type { Receiver } from "./receiver.ts";

let providers: Providers;
let server: TestServer;
let receiver: Receiver;
let apple: Apple;
let google: Google;
let browser: Browser;
let ann: As;
let say: Providers["say"];
let sayUntil: Providers["sayUntil"];
let friendWith: Providers["friendWith"];

beforeAll(async () => {
  providers = await startProviders();
  ({ server, receiver, apple, google, browser, ann, say, sayUntil, friendWith } = providers);
}, 60_000);

afterAll(() => providers.stop());

test("APNs: HTTP/2, signed, collapsed by conversation; an invalid token goes", async () => {
  await friendWith("ida", { provider: "apns", token: "00ff00ff00ff00ff" });
  await sayUntil("ida", "hello", () => apple.requests.length > 0, { push: { sound: "ding" } });
  const [request] = apple.requests;
  expect(request?.path).toBe("/3/device/00ff00ff00ff00ff");
  expect(request?.claims).toMatchObject({ alg: "ES256", kid: "KEY1", iss: "TEAM1" });
  expect(request?.headers).toMatchObject({
    "apns-topic": "example.choir",
    "apns-push-type": "alert",
  });
  expect(String(request?.headers["apns-collapse-id"])).toMatch(/^c\d+$/);
  expect(request?.body["aps"]).toMatchObject({
    alert: { title: "ann", body: "hello" },
    sound: "ding",
  });
  const day = Date.now() / 1000 + 86_400;
  expect(Math.abs(Number(request?.headers["apns-expiration"]) - day)).toBeLessThan(60);
  const soonOver = () =>
    apple.requests.find(({ body }) => JSON.stringify(body["aps"]).includes("soon over"));
  await sayUntil("ida", "soon over", () => soonOver() !== undefined, { ttl: 600 });
  const left = Number(soonOver()?.headers["apns-expiration"]) - Date.now() / 1000;
  expect(left).toBeWithin(540, 605);
  apple.answerWith = () => ({ status: 410, reason: "Unregistered" });
  const before = apple.requests.length;
  await sayUntil("ida", "gone", () => apple.requests.length > before);
  const removed = { userId: "ida", provider: "apns", token: "00ff00ff00ff00ff" };
  const gone = async () =>
    (await server.call("DELETE", "/openapi/v1/user/push-token", AS_APP, removed)).code === 404;
  expect(await until(gone, 4000, 20)).toBe(true);
});

test("FCM: one access token for many pushes, tried again when it is overloaded", async () => {
  let overloaded = 1;
  google.answerWith = () =>
    overloaded-- > 0 ? new Response("", { status: 503 }) : Response.json({ name: "1" });
  await friendWith("gus", { provider: "fcm", token: "fcm-token" });
  await sayUntil("gus", "hello", () => google.messages.length > 0, {
    push: { title: "Choir", content: "practice", channelId: "high", payload: { a: 1 } },
  });
  expect(await until(() => google.messages.length > 1, 6000, 20)).toBe(true);
  for (const message of google.messages.slice(0, 2)) {
    expect(message).toMatchObject({
      token: "fcm-token",
      notification: { title: "Choir", body: "practice" },
      data: { sender: "ann", payload: '{"a":1}' },
      android: { collapse_key: expect.any(String) as string },
    });
  }
  expect(google.grants).toBe(1);
  google.answerWith = () => refusal("The registration token is not a valid FCM registration token");
  const before = google.messages.length;
  await sayUntil("gus", "to nobody's device", () => google.messages.length > before);
  const removed = { userId: "gus", provider: "fcm", token: "fcm-token" };
  const gone = async () =>
    (await server.call("DELETE", "/openapi/v1/user/push-token", AS_APP, removed)).code === 404;
  expect(await until(gone, 4000, 20)).toBe(true);
}, 15_000);

test("Web Push: encrypted for the browser alone, signed with VAPID", async () => {
  const { endpoint: token, p256dh, auth } = browser;
  await friendWith("wes", { provider: "webpush", token, p256dh, auth });
  await sayUntil("wes", "for the browser", () => browser.pushed.length > 0);
  const [pushed] = browser.pushed;
  expect(pushed?.headers.get("content-encoding")).toBe("aes128gcm");
  expect(pushed?.headers.get("authorization")).toStartWith("vapid t=");
  expect(JSON.parse(pushed?.text ?? "")).toMatchObject({ title: "ann", body: "for the browser" });
});

test("webhook: signed, the badge is the list's unread, one a conversation", async () => {
  const nora = await friendWith("nora", { provider: "webhook", token: "nora-1" });
  await sayUntil("nora", "first", () => receiver.posted.some(isFor("nora-1")));
  const all = receiver.posted.filter(isFor("nora-1"));
  expect(all.every(({ signed }) => signed)).toBe(true);
  await Promise.all([say("nora", "second"), say("nora", "second")]);
  const before = all.length;
  await receiver.wait(before + 1, isFor("nora-1"));
  const last = receiver.posted.findLast(isFor("nora-1"));
  const list = await server.call("GET", "/openapi/v1/conversation", nora, { userId: "nora" });
  const unread = (list.data as { conversations: { unread: number }[] }).conversations[0]?.unread;
  expect(last?.body).toMatchObject({ body: "second", title: "ann", badge: unread });
});

test("what is encrypted is not pushed in clear; what is read or unwanted not at all", async () => {
  const olga = await friendWith("olga", { provider: "webhook", token: "olga-1" });
  await sayUntil("olga", "known", () => receiver.posted.some(isFor("olga-1")));
  await say("olga", "c2VjcmV0", { security: { encryption: "e2e" } });
  const [hidden] = await receiver.wait(
    1,
    (one) => isFor("olga-1")(one) && one.body["body"] === "New message",
  );
  expect(JSON.stringify(hidden?.body)).not.toContain("c2VjcmV0");
  await say("olga", "silent", { push: { enable: false } });
  const client = createClient({ url: server.url, token: olga.token ?? "", deviceType: "im_web" });
  const heard = Promise.withResolvers<void>();
  client.on("message", ({ envelope }) => {
    if (envelope.content?.text === "while online") heard.resolve();
  });
  await client.connect();
  const list = await server.call("GET", "/openapi/v1/conversation", olga, { userId: "olga" });
  const [one] = (list.data as { conversations: { conversationId: string; lastSeq: number }[] })
    .conversations;
  await say("olga", "while online");
  await heard.promise;
  await client.read(one?.conversationId ?? "", (one?.lastSeq ?? 0) + 1);
  await client.close();
  await say("olga", "last");
  await receiver.wait(1, (posted) => isFor("olga-1")(posted) && posted.body["body"] === "last");
  const bodies = receiver.posted.filter(isFor("olga-1")).map(({ body }) => body["body"]);
  expect(bodies).not.toContain("silent");
  expect(bodies).not.toContain("while online");
}, 15_000);

test("a message for later is pushed as its sender wished, and not in clear if opaque", async () => {
  await friendWith("tess", { provider: "webhook", token: "tess-1" });
  await sayUntil("tess", "known", () => receiver.posted.some(isFor("tess-1")));
  const sendAt = Date.now() + 1200;
  await say("tess", "later", { sendAt, push: { content: "as wished" } });
  await receiver.wait(1, (one) => isFor("tess-1")(one) && one.body["body"] === "as wished");
  await say("tess", "b3BhcXVl", { sendAt: Date.now() + 1200, security: { encryption: "e2e" } });
  await receiver.wait(1, (one) => isFor("tess-1")(one) && one.body["body"] === "New message");
  expect(JSON.stringify(receiver.posted.filter(isFor("tess-1")))).not.toContain("b3BhcXVl");
}, 20_000);

test("tokens: of the wrong shape, another user's, taken over, and over a connection", async () => {
  const path = "/openapi/v1/user/push-token";
  const wrong = [
    { provider: "fax", token: "x" },
    { provider: "apns", token: "not hexadecimal" },
    { provider: "webpush", token: "http://push.example/1", p256dh: "x".repeat(40), auth: "y" },
    { provider: "fcm", token: "" },
  ];
  for (const token of wrong) {
    expect([token, (await server.call("POST", path, ann, token)).code]).toEqual([token, 1004]);
  }
  const own = { provider: "webhook", token: "shared-phone" };
  expect((await server.call("POST", path, ann, own)).code).toBe(200);
  const zoe = await server.login("zoe");
  const forAnn = { ...own, userId: "ann" };
  expect((await server.call("POST", path, zoe, forAnn)).code).toBe(403);
  expect((await server.call("DELETE", path, zoe, own)).code).toBe(404);
  const client = createClient({ url: server.url, token: zoe.token ?? "", deviceType: "im_web" });
  await client.connect();
  expect((await client.registerPush(own)).code).toBe(200);
  expect((await client.registerPush({ provider: "fax", token: "1" })).code).toBe(1004);
  expect((await server.call("DELETE", path, ann, own)).code).toBe(404);
  expect((await client.removePush(own)).code).toBe(200);
  expect((await client.removePush(own)).code).toBe(404);
  await client.close();
});
