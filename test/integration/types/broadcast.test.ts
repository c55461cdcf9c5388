// Broadcasts: to all and to some, once each, whatever happens to the process that sends them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { call, type HttpAnswer } from "../../outside/http-client.ts";
import { connect, type RawClient } from "../../outside/raw-client.ts";
import { type Fleet, startFleet } from "../../support/fleet.ts";
import { until } from "../../support/pace.ts";

const PATH = "/openapi/v1/broadcast";
const USERS = 1500;

let fleet: Fleet;
let sql: postgres.Sql;
const clients: RawClient[] = [];

beforeAll(async () => {
  fleet = await startFleet({ roles: ["gateway,worker,api", "gateway,worker,api"] });
  sql = postgres(fleet.databaseUrl, { max: 2 });
  await sql`INSERT INTO users (external_id)
    SELECT 'listener-' || n FROM generate_series(1, ${USERS}::int) AS n`;
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  await sql.end();
  await fleet.end();
}, 60_000);

async function asApp(method: string, path: string, body?: object): Promise<HttpAnswer> {
  return await call(fleet.urls[1] as string, method, path, body, { appKey: fleet.appKey });
}

async function progressOf(id: unknown): Promise<Record<string, unknown>> {
  return (await asApp("GET", `${PATH}?id=${String(id)}`)).data;
}

/** How many messages of a broadcast each user has, as numbers of messages → of users. */
async function copies(id: unknown): Promise<Record<string, number>> {
  const rows = await sql<{ copies: number; users: number }[]>`
    SELECT copies::int, count(*)::int AS users FROM (
      SELECT i.user_id, count(*) AS copies FROM messages m JOIN inbox i ON i.message_id = m.id
      WHERE m.local_id LIKE ${`broadcast-${String(id)}-%`}
      GROUP BY i.user_id) each GROUP BY copies`;
  return Object.fromEntries(rows.map((row) => [row.copies, row.users]));
}

describe("a broadcast", () => {
  test("to some: each has it once, online or not, and it is told how far it has come", async () => {
    const login = { id: "reader", device: "im_web" };
    const { data } = await asApp("POST", "/openapi/v1/user/login", login);
    const token = String(data["token"]);
    const base = fleet.urls[0] as string;
    const client = await connect({ base, token, device: "im_web", framing: "proto" });
    clients.push(client);
    const body = { type: 1, content: { text: "hear, hear" }, localId: "some" };
    const userIds = ["reader", "listener-1", "reader"];
    const made = await asApp("POST", PATH, { ...body, userIds });
    expect(made.code).toBe(200);
    const id = made.data["broadcastId"];
    const pushed = await client.find(({ content }) => content?.text === "hear, hear", 5000);
    expect(pushed?.envelope).toMatchObject({ cmd: 91, route: { source: "system" } });
    await until(async () => (await progressOf(id))["finished"] === true, 5000);
    expect(await progressOf(id)).toMatchObject({ total: 2, sent: 2, refused: 0, finished: true });
    expect(await copies(id)).toEqual({ 1: 2 });
    const again = await asApp("POST", PATH, { ...body, userIds });
    expect(again.data).toEqual({ broadcastId: id, duplicate: true });
    expect((await asApp("POST", PATH, { ...body, content: { text: "no" } })).code).toBe(409);
    const asUser = { localId: "u", route: { conversationId: "1" } };
    const refused = await client.request({ cmd: 4, header: asUser, content: { text: "me too" } });
    expect(refused?.response.code).toBe(3003);
  });

  test("is refused where it is wrong, and without the key", async () => {
    const body = { type: 1, content: { text: "x" }, localId: "wrong" };
    const codeOf = async (given: object) => (await asApp("POST", PATH, given)).code;
    expect(await codeOf({ ...body, userIds: ["nobody"] })).toBe(404);
    expect(await codeOf({ ...body, userIds: Array(501).fill("reader") })).toBe(413);
    expect(await codeOf({ ...body, userIds: "reader" })).toBe(1004);
    expect(await codeOf({ ...body, localId: undefined })).toBe(1005);
    expect(await codeOf({ ...body, content: { text: "x".repeat(20_000) } })).toBe(413);
    expect((await asApp("GET", `${PATH}?id=999999`)).code).toBe(404);
    const url = fleet.urls[0] as string;
    expect((await call(url, "POST", PATH, body, undefined)).code).toBe(401);
    const login = { id: "reader", device: "im_pc_mac" };
    const { data } = await asApp("POST", "/openapi/v1/user/login", login);
    const token = String(data["token"]);
    expect((await call(url, "POST", PATH, body, { token })).code).toBe(403);
  });

  test("to all goes on after the process that was at it was killed, once to each", async () => {
    const body = { type: 1, content: { text: "to all" }, localId: "all" };
    const made = await asApp("POST", PATH, body);
    const id = made.data["broadcastId"];
    await until(async () => Number((await progressOf(id))["sent"]) > 0, 5000, 5);
    expect(await progressOf(id)).toMatchObject({ finished: false });
    // The one that was asked is at it.
    await fleet.process(1).kill9();
    const other = fleet.urls[0] as string;
    const progress = async () =>
      (await call(other, "GET", `${PATH}?id=${String(id)}`, undefined, { appKey: fleet.appKey }))
        .data;
    const finished = async () => (await progress())["finished"] === true;
    expect(await until(finished, 20_000, 50)).toBe(true);
    const [row] = await sql<{ users: number }[]>`SELECT count(*)::int AS users FROM users`;
    const users = row?.users ?? 0;
    expect(await progress()).toMatchObject({ total: users, sent: users, refused: 0 });
    expect(await copies(id)).toEqual({ 1: users });
  }, 30_000);
});
