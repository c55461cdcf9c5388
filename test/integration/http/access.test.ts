// Who may call what: each call with no key, a wrong key, a wrong token, the app key, the token of
// the user whom it is about, and another user's.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type As, AS_APP, startServer, type TestServer } from "./server.ts";

let server: TestServer;
let alice: As;
let mallory: As;
let group = "";
let pair = "";

beforeAll(async () => {
  server = await startServer();
  alice = await server.login("alice");
  mallory = await server.login("mallory");
  await server.login("bob");
  await server.login("carol");
  await server.login("kicked");
  await done("POST", "/friend", { userId: "alice", friendId: "bob" });
  const made = await done("POST", "/group", { ownerId: "alice", name: "g", memberIds: ["bob"] });
  group = (made as { conversationId: string }).conversationId;
  const sent = await done("POST", "/message", { from: "alice", to: "bob", localId: "first" });
  pair = (sent as { conversationId: string }).conversationId;
}, 60_000);

afterAll(() => server.stop());

async function done(method: string, path: string, input: unknown): Promise<unknown> {
  const answer = await server.call(method, `/openapi/v1${path}`, AS_APP, input);
  expect(answer).toMatchObject({ status: 200, code: 200 });
  return answer.data;
}

/** The codes of each call: by the app key, by alice's token, by mallory's. */
interface Row {
  method: string;
  path: string;
  input: () => Record<string, unknown>;
  app: number;
  own: number;
  other: number;
}

const keyOnly = { app: 200, own: 403, other: 403 };
const mine = { app: 200, own: 200, other: 403 };
let calls = 0;
const localId = (): string => `call-${++calls}`;
const message = (more: object) => ({ content: { text: "hi" }, localId: localId(), ...more });

const ROWS: Record<string, Row> = {
  login: { method: "POST", path: "/user/login", input: () => ({ id: "alice" }), ...keyOnly },
  register: { method: "POST", path: "/user/register", input: () => ({ id: "alice" }), ...keyOnly },
  kick: { method: "POST", path: "/user/kick", input: () => ({ userId: "kicked" }), ...keyOnly },
  ticket: {
    method: "POST",
    path: "/user/ticket",
    input: () => ({}),
    app: 403,
    own: 200,
    other: 200,
  },
  "make friends": {
    method: "POST",
    path: "/friend",
    input: () => ({ userId: "alice", friendId: "bob" }),
    ...keyOnly,
  },
  "end a friendship": {
    method: "DELETE",
    path: "/friend",
    input: () => ({ userId: "alice", friendId: "carol" }),
    ...mine,
  },
  "ask to be friends": {
    method: "POST",
    path: "/friend/request",
    input: () => ({ userId: "alice", friendId: "carol" }),
    ...mine,
  },
  "friend list": { method: "GET", path: "/friend", input: () => ({ userId: "alice" }), ...mine },
  "friend requests": {
    method: "GET",
    path: "/friend/request",
    input: () => ({ userId: "alice" }),
    ...mine,
  },
  remark: {
    method: "POST",
    path: "/friend/remark",
    input: () => ({ userId: "alice", friendId: "bob", remark: "b" }),
    ...mine,
  },
  "open a conversation": {
    method: "POST",
    path: "/conversation",
    input: () => ({ userId: "alice", peerId: "bob" }),
    ...mine,
  },
  "set settings": {
    method: "POST",
    path: "/user/setting",
    input: () => ({ userId: "alice", settings: [{ key: "language", value: "de" }] }),
    ...mine,
  },
  "mute a user": {
    method: "POST",
    path: "/user/mute",
    input: () => ({ userId: "alice", until: 0 }),
    ...keyOnly,
  },
  block: {
    method: "POST",
    path: "/block",
    input: () => ({ userId: "alice", blockedId: "carol" }),
    ...mine,
  },
  unblock: {
    method: "DELETE",
    path: "/block",
    input: () => ({ userId: "alice", blockedId: "carol" }),
    ...mine,
  },
  "make a group": {
    method: "POST",
    path: "/group",
    input: () => ({ ownerId: "alice", name: "of alice", memberIds: ["bob"] }),
    ...mine,
  },
  "add a member": {
    method: "POST",
    path: "/group/member",
    input: () => ({ conversationId: group, userIds: ["carol"] }),
    app: 200,
    own: 200,
    other: 2003,
  },
  "send to a user": {
    method: "POST",
    path: "/message",
    input: () => message({ from: "alice", to: "bob" }),
    ...mine,
  },
  "send to a group": {
    method: "POST",
    path: "/message",
    input: () => message({ from: "alice", conversationId: group }),
    ...mine,
  },
  "send as the system": {
    method: "POST",
    path: "/message",
    input: () => message({ to: "bob" }),
    ...keyOnly,
  },
  "history of a pair": {
    method: "GET",
    path: "/message",
    input: () => ({ conversationId: pair }),
    app: 200,
    own: 200,
    other: 1002,
  },
  "history of a group": {
    method: "GET",
    path: "/message",
    input: () => ({ conversationId: group }),
    app: 200,
    own: 200,
    other: 2003,
  },
  "list of conversations": {
    method: "GET",
    path: "/conversation",
    input: () => ({ userId: "alice" }),
    ...mine,
  },
  sync: { method: "GET", path: "/sync", input: () => ({ userId: "alice" }), ...mine },
};

for (const [what, row] of Object.entries(ROWS)) {
  test(`${what}: 401 without right credentials, else as the caller may`, async () => {
    const path = `/openapi/v1${row.path}`;
    const codeFor = async (as: As): Promise<number> => {
      const answer = await server.call(row.method, path, as, row.input());
      expect(answer.msg).not.toBe("");
      return answer.code;
    };
    expect(await codeFor({})).toBe(401);
    expect(await codeFor({ appKey: "wrong" })).toBe(401);
    expect(await codeFor({ appKey: "" })).toBe(401);
    expect(await codeFor({ token: `${alice.token}x` })).toBe(401);
    expect(await codeFor({ ...AS_APP, token: "Bearer a.b.c" })).toBe(401);
    expect(await codeFor({ ...alice, appKey: "wrong" })).toBe(401);
    expect(await codeFor(mallory)).toBe(row.other);
    expect(await codeFor(alice)).toBe(row.own);
    expect(await codeFor(AS_APP)).toBe(row.app);
  });
}

test("with a token the caller need not be named, and sees his own alone", async () => {
  const list = await server.call("GET", "/openapi/v1/conversation", mallory, {});
  expect(list).toMatchObject({ code: 200, data: { conversations: [], cursor: "", final: true } });
  const log = await server.call("GET", "/openapi/v1/sync", mallory, {});
  expect(log).toMatchObject({ code: 200, data: { events: [], pts: 0, final: true } });
  const made = await server.call("POST", "/openapi/v1/group", mallory, { memberIds: ["carol"] });
  expect(made.code).toBe(200);
});

test("a path that is none is 404, a method that is none 405 with those that are", async () => {
  expect((await server.call("GET", "/openapi/v1/nothing", AS_APP, {})).status).toBe(404);
  const response = await fetch(`${server.url}/openapi/v1/friend`, { method: "PUT" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST, DELETE, GET");
});
