// A kick closes connections at every gateway and ends the tokens that were given before it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";
import { openSocket, upgradeStatus } from "./socket.ts";

let here: TestServer;
let there: TestServer;
let both: { DATABASE_URL: string; REDIS_URL: string; LINNET_AUDIT_SECONDS: string };

beforeAll(async () => {
  here = await startServer({ LINNET_AUDIT_SECONDS: "1" });
  both = {
    DATABASE_URL: here.databaseUrl,
    REDIS_URL: here.redis.url,
    LINNET_AUDIT_SECONDS: "1",
  };
  there = await startServer(both);
}, 60_000);

afterAll(async () => {
  await there.stop();
  await here.stop();
});

async function login(id: string, device?: string): Promise<string> {
  const input = { id, ...(device === undefined ? {} : { device }) };
  const answer = await here.call("POST", "/openapi/v1/user/login", AS_APP, input);
  return (answer.data as { token: string }).token.slice("Bearer ".length);
}

const kick = (input: object) => here.call("POST", "/openapi/v1/user/kick", AS_APP, input);

const status = (server: TestServer, token: string, deviceType: string): Promise<number> =>
  upgradeStatus(server.url, { token, deviceType });

test("all his devices, at every gateway; who logs in again comes in again at once", async () => {
  const token = await login("ann");
  const other = await login("other");
  const web = openSocket(here.url, { token, deviceType: "im_web" });
  const phone = openSocket(there.url, { token, deviceType: "im_app_ios" });
  const bystander = openSocket(there.url, { token: other, deviceType: "im_web" });
  await Promise.all([web.greeted, phone.greeted, bystander.greeted]);
  expect(await kick({ userId: "ann" })).toMatchObject({ code: 200 });
  expect(await web.ended).toEqual({ code: 4001, reason: "kicked" });
  expect(await phone.ended).toEqual({ code: 4001, reason: "kicked" });
  const again = await login("ann");
  for (const server of [here, there]) {
    expect(await status(server, token, "im_web")).toBe(401);
    const answer = await server.call("GET", "/openapi/v1/sync", { token: `Bearer ${token}` }, {});
    expect(answer).toMatchObject({ status: 401, code: 401 });
    expect(await status(server, again, "im_web")).toBe(101);
  }
  bystander.send({ cmd: 0, header: { localId: "beat" } });
  await bystander.comes((frame) => frame.header?.localId === "beat");
  bystander.close();
});

test("one device type: the others stay, with the same token", async () => {
  const any = await login("ben");
  const ofPhone = await login("ben", "im_app_ios");
  const web = openSocket(there.url, { token: any, deviceType: "im_web" });
  const phone = openSocket(there.url, { token: ofPhone });
  await Promise.all([web.greeted, phone.greeted]);
  expect(await kick({ userId: "ben", device: "im_app_ios" })).toMatchObject({ code: 200 });
  expect((await phone.ended).code).toBe(4001);
  expect(await status(there, any, "im_app_ios")).toBe(401);
  expect(await status(there, ofPhone, "im_app_ios")).toBe(401);
  const call = await there.call("GET", "/openapi/v1/sync", { token: `Bearer ${ofPhone}` }, {});
  expect(call.code).toBe(401);
  expect(await status(there, any, "im_web")).toBe(101);
  web.send({ cmd: 0, header: { localId: "beat" } });
  await web.comes((frame) => frame.header?.localId === "beat");
  web.close();
});

test("a gateway that starts later refuses them too", async () => {
  const token = await login("cat");
  await kick({ userId: "cat" });
  const later = await startServer(both);
  expect(await status(later, token, "im_web")).toBe(401);
  expect(await status(later, await login("cat"), "im_web")).toBe(101);
  await later.stop();
}, 30_000);

test("a kick that a gateway was not told of is read from the store", async () => {
  const token = await login("dan");
  const socket = openSocket(there.url, { token, deviceType: "im_web" });
  await socket.greeted;
  const sql = postgres(here.databaseUrl, { max: 1 });
  await sql`INSERT INTO revocations SELECT id, '', (extract(epoch FROM now()) * 1000)::int8
    FROM users WHERE external_id = 'dan'`;
  await sql.end();
  expect(await socket.ended).toEqual({ code: 4001, reason: "kicked" });
  expect(await status(there, token, "im_web")).toBe(401);
});

test("only the host application kicks, and only who is there", async () => {
  const token = `Bearer ${await login("eve")}`;
  const asUser = await here.call("POST", "/openapi/v1/user/kick", { token }, { userId: "eve" });
  expect(asUser.code).toBe(403);
  expect((await kick({ userId: "nobody" })).code).toBe(404);
  expect((await kick({})).code).toBe(1005);
  expect((await kick({ userId: "eve", device: "im_fridge" })).code).toBe(1004);
  expect((await here.call("GET", "/openapi/v1/sync", { token }, {})).code).toBe(200);
});
