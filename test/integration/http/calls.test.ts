// What the calls do: users, relations, groups, messages, and what can be read back of them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Answer, AS_APP, startServer, type TestServer } from "./server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const id of ["ann", "ben", "cat", "dan", "eve"]) await server.login(id);
}, 60_000);

afterAll(() => server.stop());

const post = (path: string, input: unknown): Promise<Answer> =>
  server.call("POST", `/openapi/v1${path}`, AS_APP, input);
const remove = (path: string, input: unknown): Promise<Answer> =>
  server.call("DELETE", `/openapi/v1${path}`, AS_APP, input);
const get = (path: string, input: Record<string, string>): Promise<Answer> =>
  server.call("GET", `/openapi/v1${path}`, AS_APP, input);

interface Envelope {
  cmd: number;
  route: { from?: string; conversationId?: string; source: string };
  content?: { text?: string };
  messageExtra: { conversationSeq?: number; pts?: number; hidden?: boolean };
}

interface Sent {
  conversationId: string;
  conversationSeq: number;
  messageId: string;
  conversationType: number;
}

async function events(userId: string, pts = "0"): Promise<Envelope[]> {
  const { data } = await get("/sync", { userId, pts });
  return (data as { events: Envelope[] }).events;
}

test("a login makes the user, changes what it says, leaves what it doesn't", async () => {
  const first = await post("/user/login", { id: "new", nickname: "N", extras: { level: 7 } });
  expect(first).toMatchObject({
    status: 200,
    code: 200,
    data: {
      imUserVo: { id: "new", nickname: "N", avatar: "", userStatus: 0, extras: '{"level":7}' },
      token: expect.stringMatching(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/),
    },
  });
  const vo = (first.data as { imUserVo: { lastLoginTime: number } }).imUserVo;
  expect(Math.abs(vo.lastLoginTime - Date.now())).toBeLessThan(60_000);
  const again = await post("/user/register", { id: "new", avatar: "a.png", nickname: null });
  expect(again.data).toEqual({
    imUserVo: { ...vo, avatar: "a.png" },
  } as object);
  const registered = await post("/user/register", { id: "silent" });
  expect(registered.data).toMatchObject({ imUserVo: { id: "silent", lastLoginTime: null } });
});

test("friends may write while they are friends and neither blocks the other", async () => {
  const send = (localId: string) =>
    post("/message", { from: "ann", to: "ben", cmd: 1, content: { text: "hi" }, localId });
  expect((await send("r1")).code).toBe(1006);
  expect((await post("/friend", { userId: "ann", friendId: "ben" })).code).toBe(200);
  const taken = await send("r2");
  expect(taken).toMatchObject({ code: 200, data: { conversationType: 1 } });
  const { conversationId } = taken.data as Sent;
  // Without a command it is that of the conversation's type.
  const plain = { from: "ann", conversationId, content: { text: "hi" }, localId: "r6" };
  expect(await post("/message", plain)).toMatchObject({ code: 200, data: { conversationSeq: 1 } });
  expect((await post("/block", { userId: "ben", blockedId: "ann" })).code).toBe(200);
  expect((await send("r3")).code).toBe(1007);
  expect((await remove("/block", { userId: "ben", blockedId: "ann" })).code).toBe(200);
  expect((await send("r4")).code).toBe(200);
  expect((await remove("/friend", { userId: "ann", friendId: "ben" })).code).toBe(200);
  expect((await send("r5")).code).toBe(1006);
  expect((await post("/friend", { userId: "ann", friendId: "ann" })).code).toBe(403);
  const cmds = (await events("ben")).map((event) => event.cmd);
  expect(cmds).toEqual([61, 1, 1, 64, 64, 1, 62]);
});

test("a localId that comes again is done once; for something else it is done too", async () => {
  const ask = { userId: "cat", friendId: "dan", localId: "same" };
  expect((await post("/friend", ask)).code).toBe(200);
  expect((await post("/friend", ask)).code).toBe(200);
  expect((await events("dan")).map((event) => event.cmd)).toEqual([61]);
  expect((await remove("/friend", ask)).code).toBe(200);
  expect((await events("dan")).map((event) => event.cmd)).toEqual([61, 62]);
});

test("the same message twice is one, with other content a conflict", async () => {
  const body = { from: "eve", to: "dan", cmd: 6, content: { text: "once" }, localId: "m1" };
  const first = await post("/message", body);
  expect(first).toMatchObject({ code: 200, data: { conversationSeq: 0, conversationType: 8 } });
  const sent = first.data as Sent;
  expect(sent.messageId).toMatch(/^\d{15,19}$/);
  const second = await post("/message", body);
  expect(second.data).toMatchObject({ ...sent, duplicate: true });
  const other = await post("/message", { ...body, content: { text: "twice" } });
  expect(other).toMatchObject({ status: 409, code: 409 });
});

test("a group: made, written to, grown, shrunk, and read by whoever is in it", async () => {
  const made = await post("/group", { ownerId: "ann", name: "Choir", memberIds: ["ben", "cat"] });
  const { conversationId } = made.data as Sent;
  expect(conversationId).toMatch(/^\d+$/);
  const send = (from: string, localId: string) =>
    post("/message", { from, conversationId, content: { text: localId }, localId });
  expect((await send("ben", "g1")).data).toMatchObject({ conversationSeq: 0, conversationType: 2 });
  expect((await send("eve", "g2")).code).toBe(2003);
  expect((await post("/group/member", { conversationId, userIds: ["eve"] })).code).toBe(200);
  expect((await send("eve", "g3")).data).toMatchObject({ conversationSeq: 1 });
  expect((await remove("/group/member", { conversationId, userIds: ["ben"] })).code).toBe(200);
  expect((await send("ben", "g4")).code).toBe(2003);
  // Who joined later sees no more than what came later; the server sees all.
  const asEve = await get("/message", { conversationId, userId: "eve" });
  const [before, own] = (asEve.data as { messages: Envelope[] }).messages;
  expect(before?.messageExtra).toEqual({ conversationSeq: 0, hidden: true });
  expect(own).toMatchObject({
    route: { from: "eve", source: "serverApi" },
    content: { text: "g3" },
  });
  const all = await get("/message", { conversationId, limit: "1", backward: "true" });
  expect(all.data).toMatchObject({ final: false, messages: [{ content: { text: "g3" } }] });
});

test("a member leaves by himself, and a stranger joins what is free", async () => {
  const made = await post("/group", { ownerId: "ann", memberIds: ["dan"], joinMode: "free" });
  const { conversationId } = made.data as Sent;
  const dan = await server.login("dan");
  const eve = await server.login("eve");
  const path = "/openapi/v1/group/member";
  expect((await server.call("DELETE", path, dan, { conversationId })).code).toBe(200);
  expect((await server.call("DELETE", path, dan, { conversationId })).code).toBe(2003);
  const join = { conversationId, userIds: ["eve"] };
  expect((await server.call("POST", path, eve, join)).code).toBe(200);
  const kick = { conversationId, userIds: ["ann"] };
  expect((await server.call("DELETE", path, eve, kick)).code).toBe(2005);
});

test("the system writes to a user and into a group, and names nobody as the sender", async () => {
  const before = (await events("cat")).at(-1)?.messageExtra.pts ?? 0;
  const toUser = { to: "cat", type: 43, content: { text: "welcome" }, localId: "s1" };
  expect(await post("/message", toUser)).toMatchObject({
    code: 200,
    data: { conversationType: 6 },
  });
  const { conversationId } = (await post("/group", { ownerId: "cat" })).data as Sent;
  const toGroup = { conversationId, content: { text: "rules" }, localId: "s2" };
  expect(await post("/message", toGroup)).toMatchObject({
    code: 200,
    data: { conversationType: 2 },
  });
  const seen = (await events("cat", String(before))).filter((event) => event.cmd !== 41);
  expect(seen.map(({ content, route }) => [content?.text, route.from, route.source])).toEqual([
    ["welcome", undefined, "system"],
    ["rules", undefined, "system"],
  ]);
});

test("a log is paged to its end, and a position that is not of it starts afresh", async () => {
  const all = await events("ann");
  const paged: Envelope[] = [];
  let pts = 0;
  for (let final = false; !final; ) {
    const { data } = await get("/sync", { userId: "ann", pts: String(pts), limit: "2" });
    const page = data as { events: Envelope[]; pts: number; final: boolean };
    paged.push(...page.events);
    ({ pts, final } = page);
  }
  expect(paged).toEqual(all);
  expect(paged.map((event) => event.messageExtra.pts)).toEqual(paged.map((_, at) => at + 1));
  const reset = { code: 200, data: { events: [], pts, final: true, reset: true } };
  expect(await get("/sync", { userId: "ann", pts: String(pts + 1) })).toMatchObject(reset);
  expect(await get("/sync", { userId: "ann", pts: "1", epoch: "another" })).toMatchObject(reset);
});

test("the list of conversations is paged without a repeat", async () => {
  const seen: string[] = [];
  let cursor = "";
  do {
    const { data } = await get("/conversation", { userId: "ann", limit: "1", cursor });
    const page = data as { conversations: { conversationId: string }[]; cursor: string };
    seen.push(...page.conversations.map((entry) => entry.conversationId));
    ({ cursor } = page);
  } while (cursor !== "");
  expect(seen.length).toBeGreaterThan(2);
  expect(new Set(seen).size).toBe(seen.length);
});

test("sends at once each say their own, to their own", async () => {
  const count = 60;
  const names = Array.from({ length: count }, (_, n) => `crowd-${n}`);
  await Promise.all(names.map((id) => server.login(id)));
  const sent = await Promise.all(
    names.map((to) => post("/message", { to, content: { text: `for ${to}` }, localId: to })),
  );
  expect(sent.map(({ code }) => code)).toEqual(names.map(() => 200));
  const got = await Promise.all(names.map((userId) => events(userId)));
  const texts = got.map((list) => list.map(({ content }) => content?.text));
  expect(texts).toEqual(names.map((name) => [`for ${name}`]));
});
