// Offline pushes of invitations to calls: what each provider is given, and when none is.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import { isFor, type Providers, startProviders } from "./providers.ts";

/** Requests to providers at one time, and one user's devices: some of these have to wait. */
const AT_ONCE = 16;
const DEVICES = 20;

let providers: Providers;
let ann: Client;
const clients: Client[] = [];

beforeAll(async () => {
  providers = await startProviders();
  ann = await online(providers.ann.token ?? "");
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await providers.stop();
});

async function online(token: string): Promise<Client> {
  const client = createClient({ url: providers.server.url, token, deviceType: "im_web" });
  clients.push(client);
  await client.connect();
  return client;
}

test("a call is pushed at once to who is away, and leaves nothing behind", async () => {
  await providers.friendWith("cal", { provider: "webhook", token: "cal-1" });
  const { receiver } = providers;
  const ring = { callId: "call-7", callType: 1, ttl: 30 };
  const words = { title: "Ann rings", content: "pick up", payload: '{"ring":1}', sound: "ring" };
  const { calls } = ann;
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
});

test("every provider is given the call, and for how long it stands", async () => {
  const { apple, google, browser, receiver } = providers;
  await providers.friendWith("all", { provider: "webhook", token: "all-1" });
  await providers.register("all", { provider: "apns", token: "00aa00aa00aa00aa" });
  await providers.register("all", { provider: "fcm", token: "all-fcm" });
  const { endpoint: token, p256dh, auth } = browser;
  await providers.register("all", { provider: "webpush", token, p256dh, auth });
  const push = { enable: true, payload: '{"ring":1}' };
  const call = { callId: "call-9", callType: 2, ttl: 45, push };
  const begunMs = Date.now();
  expect((await ann.calls.invite({ to: "all" }, call)).code).toBe(3004);
  const came = () => [apple.requests, google.messages, browser.pushed].every((all) => all[0]);
  expect(await until(came, 5000, 10)).toBe(true);
  await receiver.wait(1, isFor("all-1"));
  const data = { callId: "call-9", callType: "2", sender: "ann", payload: '{"ring":1}' };
  const [toApple] = apple.requests;
  expect(toApple?.body).toMatchObject({ ...data, aps: { alert: { body: "Incoming call" } } });
  expect(toApple?.body["aps"]).not.toHaveProperty("badge");
  expect(toApple?.headers["apns-priority"]).toBe("10");
  const collapse = toApple?.headers["apns-collapse-id"] as string;
  expect(collapse).toMatch(/^k[a-z0-9]+$/);
  const stands = Number(toApple?.headers["apns-expiration"]) - Math.floor(begunMs / 1000);
  expect(stands).toBeWithin(44, 50);
  expect(google.messages[0]).toMatchObject({
    token: "all-fcm",
    notification: { title: "ann", body: "Incoming call" },
    data,
    android: { ttl: "45s", priority: "HIGH", collapse_key: collapse },
  });
  const [toBrowser] = browser.pushed;
  expect(toBrowser?.headers.get("ttl")).toBe("45");
  expect(toBrowser?.headers.get("topic")).toBe(collapse);
  expect(JSON.parse(toBrowser?.text ?? "")).toMatchObject({ ...data, body: "Incoming call" });
  const [toWebhook] = receiver.posted.filter(isFor("all-1"));
  expect(toWebhook?.body).toMatchObject({ callId: "call-9", callType: 2, ttl: 45 });
  // Without a time of its own a call stands for a minute.
  await ann.calls.invite({ to: "all" }, { callId: "call-10", callType: 1, push });
  expect(await until(() => browser.pushed.length > 1, 5000, 10)).toBe(true);
  expect(browser.pushed[1]?.headers.get("ttl")).toBe("60");
});

/**
 * Calls somebody with more devices than are told at once, lets `end` happen while a slow provider
 * holds the others up, and gives how many devices were told all the same.
 */
async function toldOf(
  to: string,
  call: { callId: string; ttl: number },
  end: () => Promise<unknown>,
): Promise<number> {
  const { receiver } = providers;
  const held = Promise.withResolvers<void>();
  receiver.answerWith = async () => {
    await held.promise;
    return 200;
  };
  const of = (callId: string) => receiver.posted.filter(({ body }) => body["callId"] === callId);
  const invitation = { callType: 1, push: { enable: true } };
  await ann.calls.invite({ to }, { ...invitation, ...call });
  expect(await until(() => of(call.callId).length === AT_ONCE, 5000, 10)).toBe(true);
  await end();
  receiver.answerWith = () => 200;
  held.resolve();
  // They are told in order: once all were told of the next call, none is told of this one.
  const next = `after ${call.callId}`;
  await ann.calls.invite({ to }, { ...invitation, callId: next, ttl: 30 });
  expect(await until(() => of(next).length === DEVICES, 5000, 10)).toBe(true);
  return of(call.callId).length;
}

test("a call that is over by its time, its caller or its answer rings no more", async () => {
  const as = await providers.friendWith("max", { provider: "webhook", token: "max-0" });
  for (let count = 1; count < DEVICES; count++) {
    await providers.register("max", { provider: "webhook", token: `max-${count}` });
  }
  const stands = { callId: "goes on", ttl: 30 };
  expect(await toldOf("max", stands, () => Promise.resolve())).toBe(DEVICES);
  const overMs = performance.now() + 1200;
  const short = { callId: "too late", ttl: 1 };
  const timeIsOver = () => until(() => performance.now() > overMs, 5000, 20);
  expect(await toldOf("max", short, timeIsOver)).toBe(AT_ONCE);
  const hungUp = { callId: "hung up", ttl: 30 };
  const status = { callId: "hung up", reason: "cancelled" };
  const hangUp = () => ann.calls.status({ to: "max" }, status);
  expect(await toldOf("max", hungUp, hangUp)).toBe(AT_ONCE);
  const max = await online(as.token ?? "");
  expect((await max.background()).code).toBe(200);
  const answer = { callId: "refused", answerType: 2 };
  const refuse = async () => expect((await max.calls.answer({ to: "ann" }, answer)).code).toBe(200);
  expect(await toldOf("max", { callId: "refused", ttl: 30 }, refuse)).toBe(AT_ONCE);
}, 20_000);
