// What is turned away at the door: origins, long addresses and headers, too much at once.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type As, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { openSocket, upgradeStatus } from "./socket.ts";

let server: TestServer;
let alice: As;
const web = { deviceType: "im_web" };

beforeAll(async () => {
  server = await startServer({
    LINNET_ORIGINS: "https://chat.example, http://localhost:3000",
    LINNET_TRUSTED_PROXIES: "127.0.0.0/8,::1",
    LINNET_CONNECTS_PER_SECOND: "1",
    LINNET_CONNECTS_BURST: "5",
    LINNET_USER_MESSAGES_PER_SECOND: "1",
    LINNET_USER_MESSAGES_BURST: "30",
    LINNET_HTTP_PER_SECOND: "1",
    LINNET_HTTP_BURST: "20",
    LINNET_ADDRESS_HTTP_PER_SECOND: "1",
    LINNET_ADDRESS_HTTP_BURST: "60",
  });
  alice = await server.login("alice");
}, 60_000);

afterAll(() => server.stop());

let addresses = 0;
/** Each test comes from an address of its own. */
const address = (): string => `203.0.113.${++addresses}`;

function upgrade(from: string, headers: Record<string, string> = {}): Promise<number> {
  const token = alice.token ?? "";
  return upgradeStatus(server.url, { token, ...web, "x-forwarded-for": from, ...headers });
}

test("pages of other origins are turned away, programs without an origin are not", async () => {
  expect(await upgrade(address(), { origin: "https://chat.example" })).toBe(101);
  expect(await upgrade(address(), { origin: "http://LOCALHOST:3000" })).toBe(101);
  expect(await upgrade(address())).toBe(101);
  const others = ["https://evil.example", "null", "https://chat.example.evil.example"];
  for (const origin of [...others, "http://chat.example", "https://chat.example:444", ""]) {
    expect([origin, await upgrade(address(), { origin })]).toEqual([origin, 403]);
  }
});

test("long addresses and headers are refused, and the server goes on", async () => {
  const get = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(server.url + path, { headers });
    await response.body?.cancel();
    return response.status;
  };
  expect(await get(`/healthz?${"a".repeat(7000)}`)).toBe(200);
  expect(await get(`/healthz?${"a".repeat(9000)}`)).toBe(413);
  expect(await get(`/ws?token=${"a".repeat(9000)}`)).toBe(413);
  expect(await get(`/healthz?${"a".repeat(100_000)}`)).toBe(431);
  expect(await get("/healthz", { "x-long": "a".repeat(100_000) })).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-${i}`, "1"]));
  expect(await get("/healthz", many)).toBe(431);
  expect(await upgrade(address(), { token: "a".repeat(8000) })).toBe(401);
  expect(await upgrade(address(), { deviceType: "a".repeat(8000) })).toBe(400);
  expect(await get("/healthz", { host: "%%%:://" })).toBeLessThan(500);
  expect(await get("/healthz")).toBe(200);
});

test("connects are counted by the address that a trusted proxy tells", async () => {
  const one = address();
  for (let i = 0; i < 5; i++) expect(await upgrade(one)).toBe(101);
  expect(await upgrade(one)).toBe(429);
  // What the client wrote before its proxy's own entry changes nothing.
  expect(await upgrade(`198.51.100.7, ${one}`)).toBe(429);
  expect(await upgrade(`${one}, 127.0.0.9`)).toBe(429);
  expect(await upgrade(address())).toBe(101);
});

test("one who has a network of IPv6 addresses is one address", async () => {
  for (let i = 0; i < 5; i++) expect(await upgrade(`2001:db8:1:2::${i + 1}`)).toBe(101);
  expect(await upgrade("2001:db8:1:2:ffff::1")).toBe(429);
  expect(await upgrade("2001:db8:1:3::1")).toBe(101);
});

test("without trusted proxies X-Forwarded-For is not read", async () => {
  const other = await startServer({ LINNET_CONNECTS_PER_SECOND: "1", LINNET_CONNECTS_BURST: "3" });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) {
    statuses.push(await upgradeStatus(other.url, { "x-forwarded-for": address() }));
  }
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  await other.stop();
});

test("frames are counted by user, over all his connections", async () => {
  const token = (await server.login("busy")).token ?? "";
  const devices = ["im_web", "im_pc_mac", "im_app_ios"];
  const sockets = devices.map((deviceType) => {
    const headers = { token, deviceType, "x-forwarded-for": address() };
    return openSocket(server.url, headers);
  });
  await Promise.all(sockets.map((socket) => socket.greeted));
  for (let i = 0; i < 20; i++) {
    for (const socket of sockets) socket.send({ cmd: 0, header: { localId: String(i) } });
  }
  await Promise.all(
    sockets.map((socket) => socket.comes((frame) => frame.header?.localId === "19")),
  );
  const codes = sockets.flatMap(({ frames }) => frames.map((frame) => frame.response?.code));
  const taken = codes.filter((code) => code === 200).length;
  expect(taken).toBeGreaterThanOrEqual(30);
  expect(taken).toBeLessThan(36);
  expect(codes.filter((code) => code === 429)).toHaveLength(60 - taken);
  // To come again fills no bucket.
  sockets[0]?.close();
  await sockets[0]?.ended;
  const again = openSocket(server.url, { token, ...web, "x-forwarded-for": address() });
  await again.greeted;
  again.send({ cmd: 0, header: { localId: "a" } });
  again.send({ cmd: 0, header: { localId: "b" } });
  again.send({ cmd: 0, header: { localId: "c" } });
  const last = await again.comes((frame) => frame.header?.localId === "c");
  expect(last.response?.code).toBe(429);
  for (const socket of [again, ...sockets]) socket.close();
});

async function callFrom(from: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${server.url}/openapi/v1/sync?userId=alice`, {
    headers: { "x-forwarded-for": from, ...headers },
  });
  const { code } = (await response.json()) as { code: number };
  expect(response.status).toBe(code);
  return code;
}

test("calls are counted by user and address, those of the host application are not", async () => {
  const codes: number[] = [];
  const bearer = { authorization: alice.token ?? "" };
  for (let i = 0; i < 30; i++) codes.push(await callFrom(address(), bearer));
  expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(codes.at(-1)).toBe(429);
  const guessing = address();
  const guesses: number[] = [];
  for (let i = 0; i < 80; i++)
    guesses.push(await callFrom(guessing, { "x-app-key": `guess-${i}` }));
  expect(guesses[0]).toBe(401);
  expect(guesses.at(-1)).toBe(429);
  const key = { "x-app-key": AS_APP.appKey ?? "" };
  for (let i = 0; i < 100; i++) expect(await callFrom(guessing, key)).toBe(200);
});
