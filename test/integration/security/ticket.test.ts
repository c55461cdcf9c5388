// Tickets: what a browser shows in place of its token opens one connection, soon, and nothing else.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type As, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { openSocket, upgradeStatus } from "./socket.ts";

let server: TestServer;
let alice: As;

beforeAll(async () => {
  server = await startServer();
  alice = await server.login("alice");
}, 60_000);

afterAll(() => server.stop());

async function newTicket(as = alice): Promise<string> {
  const answer = await server.call("POST", "/openapi/v1/user/ticket", as, {});
  expect(answer).toMatchObject({ code: 200, data: { seconds: 30 } });
  return (answer.data as { ticket: string }).ticket;
}

test("opens one connection, also for frames that come before the greeting", async () => {
  const ticket = await newTicket();
  const first = openSocket(server.url, {}, { ticket, deviceType: "im_web" });
  await first.greeted;
  first.send({ cmd: 72, header: { localId: "list" } });
  const list = await first.comes((frame) => frame.header?.localId === "list");
  expect(list.response?.code).toBe(200);
  const second = openSocket(server.url, {}, { ticket, deviceType: "im_app_ios" });
  expect(await second.ended).toEqual({ code: 4001, reason: "the ticket is used or over" });
  expect(second.frames).toEqual([]);
  first.close();
});

test("two at once with one ticket: one is let in", async () => {
  const ticket = await newTicket();
  const devices = ["im_web", "im_pc_mac", "im_pc_win", "im_pc_linux"];
  const sockets = devices.map((deviceType) => openSocket(server.url, {}, { ticket, deviceType }));
  const greeted = await Promise.allSettled(sockets.map((socket) => socket.greeted));
  expect(greeted.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const socket of sockets) socket.close();
});

test("is over when Redis says so", async () => {
  const ticket = await newTicket();
  const ttl = await redis(
    "EVAL",
    "return redis.call('PTTL', redis.call('KEYS', '*ticket*')[1])",
    "0",
  );
  expect(Number(ttl)).toBeGreaterThan(25_000);
  expect(Number(ttl)).toBeLessThanOrEqual(30_000);
  await redis("EVAL", "return redis.call('DEL', redis.call('KEYS', '*ticket*')[1])", "0");
  const socket = openSocket(server.url, {}, { ticket, deviceType: "im_web" });
  expect((await socket.ended).code).toBe(4001);
});

async function redis(command: string, ...args: string[]): Promise<unknown> {
  const client = new Bun.RedisClient(server.redis.url);
  const reply: unknown = await client.send(command, args);
  client.close();
  return reply;
}

test("is no token, and a token is no ticket", async () => {
  const ticket = await newTicket();
  const token = (alice.token ?? "").replace("Bearer ", "");
  const web = { deviceType: "im_web" };
  expect(await upgradeStatus(server.url, { token: ticket, ...web })).toBe(401);
  expect(await upgradeStatus(server.url, {}, { token: ticket, ...web })).toBe(401);
  expect(await upgradeStatus(server.url, {}, { ticket: token, ...web })).toBe(401);
  expect(await upgradeStatus(server.url, {}, { ticket: `${ticket}x`, ...web })).toBe(401);
  expect(await upgradeStatus(server.url, {}, { ticket: "", ...web })).toBe(401);
  const asTicket = { token: `Bearer ${ticket}` };
  expect((await server.call("GET", "/openapi/v1/sync", asTicket, {})).code).toBe(401);
  expect((await server.call("POST", "/openapi/v1/user/ticket", asTicket, {})).code).toBe(401);
  expect((await server.call("POST", "/openapi/v1/user/ticket", AS_APP, {})).code).toBe(403);
  expect((await server.call("POST", "/openapi/v1/user/ticket", {}, {})).code).toBe(401);
});

test("ends with the token that it was made from", async () => {
  const bob = await server.login("bob");
  const ticket = await newTicket(bob);
  await server.call("POST", "/openapi/v1/user/kick", AS_APP, { userId: "bob" });
  expect(await upgradeStatus(server.url, {}, { ticket, deviceType: "im_web" })).toBe(401);
});
