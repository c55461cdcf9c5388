// Administration over HTTP: who may, bans on every gateway, what is found, what is taken back, what
// waits, and the log of who did what.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import packageJson from "../../../package.json" with { type: "json" };
import { type Client, createClient } from "../../../src/sdk/client.ts";
import { CLOSE } from "../../../src/wire/errors.ts";
import { type As, AS_APP, type Answer, startServer, type TestServer } from "../http/server.ts";
import { until } from "../../support/pace.ts";

const ADMIN_KEY = "an-administrators-key-of-some-length";
const ADMIN: As = { adminKey: ADMIN_KEY, actor: "ada" };

let server: TestServer;
let sql: postgres.Sql;
const clients: Client[] = [];

beforeAll(async () => {
  server = await startServer({ LINNET_ADMIN_KEY: ADMIN_KEY });
  sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  for (const id of ["alice", "bob", "mallory"]) await server.login(id);
  await app("POST", "/friend", { userId: "alice", friendId: "bob" });
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await sql.end();
  await server.stop();
});

const app = (method: string, path: string, input: unknown): Promise<Answer> =>
  server.call(method, `/openapi/v1${path}`, AS_APP, input);
const admin = (method: string, path: string, input: unknown = {}): Promise<Answer> =>
  server.call(method, `/openapi/v1/admin/${path}`, ADMIN, input);

/** Of an answer that must be 200. */
async function done<Data>(answer: Promise<Answer>): Promise<Data> {
  const { code, msg, data } = await answer;
  expect({ code, msg }).toEqual({ code: 200, msg: "ok" });
  return data as Data;
}

function upgradeStatus(token: string): Promise<number> {
  const headers = { authorization: token, deviceType: "im_web", upgrade: "websocket" };
  return fetch(`${server.url}/ws`, { headers }).then(({ status }) => status);
}

test("only the administrators' key opens administration", async () => {
  const path = "/openapi/v1/admin/user";
  const alice = await server.login("alice");
  expect((await server.call("GET", path, {}, {})).code).toBe(401);
  expect((await server.call("GET", path, AS_APP, {})).code).toBe(401);
  expect((await server.call("GET", path, alice, {})).code).toBe(401);
  expect((await server.call("GET", path, { adminKey: `${ADMIN_KEY}x` }, {})).code).toBe(401);
  expect((await server.call("GET", path, ADMIN, {})).code).toBe(200);
  // Nor does it open what is the host application's.
  const login = await server.call("POST", "/openapi/v1/user/login", ADMIN, { id: "eve" });
  expect(login.code).toBe(401);
});

test("users are found in pages", async () => {
  type Found = { users: { userId: string }[]; cursor: string };
  const first = await done<Found>(admin("GET", "user", { limit: "2" }));
  expect(first.users.map(({ userId }) => userId)).toEqual(["alice", "bob"]);
  const next = await done<Found>(admin("GET", "user", { limit: "2", cursor: first.cursor }));
  expect(next).toMatchObject({ users: [{ userId: "mallory" }], cursor: "" });
  await app("POST", "/user/register", { id: "bob", nickname: "100%_Bob" });
  const named = await done<Found>(admin("GET", "user", { name: "0%_b" }));
  expect(named.users.map(({ userId }) => userId)).toEqual(["bob"]);
  expect(await done<Found>(admin("GET", "user", { name: "%" }))).toMatchObject({
    users: [{ userId: "bob" }],
  });
});

test("who is banned is thrown out with 4003, and comes back after the ban", async () => {
  const { token = "" } = await server.login("mallory");
  const client = createClient({ url: server.url, token, deviceType: "im_web" });
  clients.push(client);
  const closes: number[] = [];
  client.on("state", (state) => {
    if (state.name === "stopped") closes.push(state.code);
  });
  await client.connect();
  const before = await done<{ devices: object[] }>(
    admin("GET", "user/device", { userId: "mallory" }),
  );
  expect(before.devices).toMatchObject([{ device: "im_web", background: false }]);
  await done(admin("POST", "user/ban", { userId: "mallory", reason: "spam" }));
  expect(await until(() => closes.length > 0, 5000, 10)).toBe(true);
  expect(closes).toEqual([CLOSE.banned]);
  expect(await upgradeStatus(token)).toBe(403);
  const refused = await app("POST", "/user/login", { id: "mallory" });
  expect(refused).toMatchObject({ code: 403, msg: "the user is banned: spam" });
  const called = await server.call("GET", "/openapi/v1/conversation", { token }, {});
  expect(called.code).toBe(403);
  const found = await done<{ users: object[] }>(admin("GET", "user", { banned: "true" }));
  expect(found.users).toMatchObject([{ userId: "mallory", banned: true, banReason: "spam" }]);
  // A kick meanwhile doesn't end the ban.
  await app("POST", "/user/kick", { userId: "mallory" });
  expect(await upgradeStatus(token)).toBe(403);
  await done(admin("POST", "user/unban", { userId: "mallory" }));
  // What was revoked stays so; a new login is let in.
  expect(await upgradeStatus(token)).toBe(401);
  const again = await server.login("mallory");
  const back = createClient({ url: server.url, token: again.token ?? "", deviceType: "im_web" });
  clients.push(back);
  await back.connect();
});

test("a ban ends by itself, and what it ended in can't be over", async () => {
  const past = Date.now() - 1000;
  expect((await admin("POST", "user/ban", { userId: "bob", until: past })).code).toBe(1004);
  expect((await admin("POST", "user/ban", { userId: "nobody" })).code).toBe(404);
  const soon = Date.now() + 400;
  await done(admin("POST", "user/ban", { userId: "bob", until: soon }));
  expect((await app("POST", "/user/login", { id: "bob" })).code).toBe(403);
  const login = () => app("POST", "/user/login", { id: "bob" });
  expect(await until(async () => (await login()).code === 200, 5000, 50)).toBe(true);
});

test("a group is found, looked into and dissolved", async () => {
  const group = { ownerId: "alice", name: "Choir of tests", memberIds: ["bob"] };
  const { conversationId } = await done<{ conversationId: string }>(app("POST", "/group", group));
  const found = await done<{ conversations: object[] }>(
    admin("GET", "conversation", { name: "choir OF", userId: "bob" }),
  );
  expect(found.conversations).toMatchObject([
    { conversationId, conversationType: 2, owner: "alice", members: 2, dissolved: false },
  ]);
  const first = await done<{ members: object[]; cursor: string }>(
    admin("GET", "conversation/member", { conversationId, limit: "1" }),
  );
  expect(first.members).toMatchObject([{ userId: "alice", role: 2 }]);
  const { cursor } = first;
  expect(
    await done<object>(admin("GET", "conversation/member", { conversationId, limit: "1", cursor })),
  ).toMatchObject({ members: [{ userId: "bob", role: 0 }], cursor: "" });
  await done(admin("POST", "conversation/dissolve", { conversationId }));
  const message = { from: "alice", conversationId, content: { text: "?" }, localId: "late" };
  expect((await app("POST", "/message", message)).code).toBe(2001);
  expect((await admin("POST", "conversation/dissolve", { conversationId })).code).toBe(2001);
  expect((await admin("POST", "conversation/dissolve", { conversationId: "999" })).code).toBe(1003);
});

test("messages are found as they are stored, also what has expired", async () => {
  type Sent = { messageId: string; conversationId: string };
  const said = (localId: string, more: object = {}) => {
    const content = { text: localId };
    return done<Sent>(
      app("POST", "/message", { from: "alice", to: "bob", content, localId, ...more }),
    );
  };
  const { messageId, conversationId } = await said("kept");
  await said("expiring", { control: { ttl: 1 } });
  const one = await done<object>(admin("GET", "message", { messageId }));
  expect(one).toMatchObject({ from: "alice", content: { text: "kept" }, recalled: false });
  expect(one).toMatchObject({ hiddenFrom: [] });
  const forHimself = { userId: "bob", conversationId, messageIds: [messageId] };
  expect((await app("POST", "/message/delete", forHimself)).code).toBe(200);
  const hidden = await done<object>(admin("GET", "message", { messageId }));
  expect(hidden).toMatchObject({ content: { text: "kept" }, hiddenFrom: ["bob"] });
  type Stored = { conversationSeq: number; expired: boolean; emptied: boolean };
  type History = { messages: Stored[]; final: boolean };
  const history = () => done<History>(admin("GET", "conversation/message", { conversationId }));
  // Clean-up may have been there already.
  const isGone = (m: Stored) => m.conversationSeq === 1 && (m.expired || m.emptied);
  const gone = async () => (await history()).messages.some(isGone);
  expect(await until(gone, 4000, 100)).toBe(true);
  const upwards = { conversationId, fromSeq: "0", limit: "1" };
  expect(await done<History>(admin("GET", "conversation/message", upwards))).toMatchObject({
    messages: [{ messageId, conversationSeq: 0 }],
    final: false,
  });
  expect((await admin("GET", "message", { messageId: "1" })).code).toBe(404);
  const taken = { conversationId, messageIds: [messageId], localId: "back" };
  expect((await admin("POST", "message/recall", taken)).code).toBe(200);
  const back = await done<object>(admin("GET", "message", { messageId }));
  expect(back).toMatchObject({ from: "alice", recalled: true });
});

test("the server tells what lives and what waits", async () => {
  const alive = async () => {
    const state = await done<{ connections: number }>(admin("GET", "server"));
    return state.connections > 0;
  };
  expect(await until(alive, 5000, 100)).toBe(true);
  expect(await done<object>(admin("GET", "server"))).toMatchObject({
    gateways: [{ version: packageJson.version }],
    stream: { entries: 0 },
    poison: 0,
  });
  const { writer } = await done<{ writer: object | null }>(admin("GET", "server"));
  expect(writer).not.toBeNull();
});

test("a record that could not be stored is tried again, or forgotten", async () => {
  const record = { from: "alice", to: "bob", content: { text: "poison" }, localId: "poisoned" };
  await sql.unsafe("ALTER TABLE messages ADD CHECK (local_id <> 'poisoned')");
  expect((await app("POST", "/message", record)).code).toBe(3001);
  type List = { records: { id: number }[] };
  const { records } = await done<List>(admin("GET", "poison"));
  expect(records).toMatchObject([{ cmd: 1, from: "alice", localId: "poisoned" }]);
  const [{ id }] = records as [{ id: number }];
  expect((await admin("POST", "poison/replay", { id })).code).toBe(3001);
  await sql.unsafe("ALTER TABLE messages DROP CONSTRAINT messages_local_id_check");
  await done(admin("POST", "poison/replay", { id }));
  const repeated = await done<{ duplicate: boolean }>(app("POST", "/message", record));
  expect(repeated.duplicate).toBe(true);
  const left = await done<List>(admin("GET", "poison"));
  for (const one of left.records) await done(admin("POST", "poison/forget", { id: one.id }));
  expect((await admin("POST", "poison/forget", { id })).code).toBe(404);
  expect((await done<List>(admin("GET", "poison"))).records).toEqual([]);
});

test("the log says who did what, and how it ended", async () => {
  type Log = { acts: { call: string; target: string; outcome: number }[]; cursor: string };
  const { acts } = await done<Log>(admin("GET", "log", { actor: "ada", limit: "500" }));
  const ban = acts.filter(({ call }) => call === "POST /openapi/v1/admin/user/ban");
  expect(ban.at(-1)).toMatchObject({
    actor: "ada",
    target: '{"userId":"mallory","reason":"spam"}',
    outcome: 200,
  });
  expect(ban.map(({ outcome }) => outcome)).toContain(404);
  expect(JSON.stringify(acts)).not.toContain(ADMIN_KEY);
  expect(await done<Log>(admin("GET", "log", { actor: "nobody" }))).toMatchObject({ acts: [] });
});
