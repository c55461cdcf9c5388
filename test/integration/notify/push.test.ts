// Offline pushes: each provider against a local server that speaks its protocol, and when none.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateVAPIDKeys } from "web-push";
import { createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import { type As, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { type Apple, CERTIFICATE_FILE, startApple } from "./apple.ts";
import { type Browser, startBrowser } from "./browser.ts";
import { type Google, startGoogle } from "./google.ts";
import { type Posted, type Receiver, startReceiver } from "./receiver.ts";

const SECRET = "a-secret-that-only-the-tests-know-of";
const folder = mkdtempSync(join(tmpdir(), "linnet-push-"));
const vapid = generateVAPIDKeys();

let server: TestServer;
let receiver: Receiver;
let apple: Apple;
let google: Google;
let browser: Browser;
let ann: As;

beforeAll(async () => {
  const ec = pairOf("ec");
  const rsa = pairOf("rsa");
  receiver = startReceiver(SECRET);
  apple = await startApple(ec.publicKey);
  google = startGoogle(rsa.publicKey);
  browser = startBrowser();
  server = await startServer({
    LINNET_PUSH_AFTER_MS: "300",
    LINNET_OUTGOING_HOSTS: "127.0.0.1,localhost",
    LINNET_OUTGOING_CERTIFICATES: CERTIFICATE_FILE,
    LINNET_PUSH_WEBHOOK_URL: `${receiver.url}/push`,
    LINNET_PUSH_WEBHOOK_SECRET: SECRET,
    LINNET_FCM_URL: google.url,
    LINNET_FCM_CREDENTIALS: file("fcm.json", {
      project_id: "choir",
      client_email: "push@choir.example",
      private_key: rsa.privateKey,
      token_uri: `${google.url}/token`,
    }),
    LINNET_APNS_URL: apple.url,
    LINNET_APNS_KEY: file("apns.p8", ec.privateKey),
    LINNET_APNS_KEY_ID: "KEY1",
    LINNET_APNS_TEAM_ID: "TEAM1",
    LINNET_APNS_APP: "example.choir",
    LINNET_VAPID_PUBLIC_KEY: vapid.publicKey,
    LINNET_VAPID_PRIVATE_KEY: vapid.privateKey,
    LINNET_VAPID_SUBJECT: "mailto:push@choir.example",
  });
  ann = await server.login("ann");
}, 60_000);

afterAll(async () => {
  await server.stop();
  receiver.stop();
  google.stop();
  browser.stop();
  await apple.stop();
  rmSync(folder, { recursive: true });
});

function pairOf(kind: "ec" | "rsa"): { publicKey: string; privateKey: string } {
  const encoding = {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  } as const;
  return kind === "ec"
    ? generateKeyPairSync("ec", { namedCurve: "prime256v1", ...encoding })
    : generateKeyPairSync("rsa", { modulusLength: 2048, ...encoding });
}

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** A friend of Ann's with one device, which the writer knows of. */
async function friendWith(id: string, token: Record<string, string>): Promise<As> {
  const as = await server.login(id);
  await server.call("POST", "/openapi/v1/friend", AS_APP, { userId: "ann", friendId: id });
  await register(id, token);
  return as;
}

async function register(userId: string, token: Record<string, string>): Promise<void> {
  const path = "/openapi/v1/user/push-token";
  const { code, msg } = await server.call("POST", path, AS_APP, { userId, ...token });
  expect([code, msg]).toEqual([200, "ok"]);
}

/** Sent again and again until the writer knows of a token that was registered just now. */
async function say(to: string, text: string, control: object = {}): Promise<void> {
  const body = { from: "ann", to, content: { text }, control, localId: crypto.randomUUID() };
  expect((await server.call("POST", "/openapi/v1/message", ann, body)).code).toBe(200);
}

async function sayUntil(to: string, text: string, pushed: () => boolean, control = {}) {
  const done = await until(
    async () => {
      await say(to, text, control);
      return await until(pushed, 1000, 20);
    },
    8000,
    10,
  );
  expect(done).toBe(true);
}

const isFor = (token: string) => (posted: Posted) => posted.body["token"] === token;

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
      data: { from: "ann", payload: '{"a":1}' },
      android: { collapse_key: expect.any(String) as string },
    });
  }
  expect(google.grants).toBe(1);
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

test("a call is pushed at once to who is away, and leaves nothing behind", async () => {
  await friendWith("cal", { provider: "webhook", token: "cal-1" });
  const client = createClient({ url: server.url, token: ann.token ?? "", deviceType: "im_web" });
  await client.connect();
  const ring = { callId: "call-7", callType: 1, ttl: 30 };
  const words = { title: "Ann rings", content: "pick up", payload: '{"ring":1}', sound: "ring" };
  const { calls } = client;
  expect((await calls.invite({ to: "cal" }, { ...ring, callId: "quiet" })).code).toBe(3004);
  const push = { enable: true, ...words };
  expect((await calls.invite({ to: "cal" }, { ...ring, push })).code).toBe(3004);
  const [pushed] = await receiver.wait(1, isFor("cal-1"));
  const { content: body, ...rest } = words;
  expect(pushed).toMatchObject({
    signed: true,
    body: { ...rest, body, callId: "call-7", from: "ann", ttl: 30 },
  });
  expect(pushed?.body).not.toHaveProperty("badge");
  const again = { ...ring, callId: "call-8", push: { enable: true } };
  expect((await calls.invite({ to: "cal" }, again)).code).toBe(3004);
  const both = await receiver.wait(2, isFor("cal-1"));
  expect(both.map((one) => one.body["callId"])).toEqual(["call-7", "call-8"]);
  expect(both[1]?.body).toMatchObject({ title: "ann", body: "Incoming call" });
  await client.close();
});
