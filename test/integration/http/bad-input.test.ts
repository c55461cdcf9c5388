// What is wrong is answered by its code, with what and where, and nothing happens.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readBody } from "../../../src/http/input.ts";
import { type Answer, AS_APP, startServer, type TestServer } from "./server.ts";

let server: TestServer;
let group = "";

beforeAll(async () => {
  server = await startServer();
  for (const id of ["ann", "ben"]) await server.login(id);
  const made = await server.call("POST", "/openapi/v1/group", AS_APP, { ownerId: "ann" });
  group = (made.data as { conversationId: string }).conversationId;
}, 60_000);

afterAll(() => server.stop());

const post = (path: string, input: unknown): Promise<Answer> =>
  server.call("POST", `/openapi/v1${path}`, AS_APP, input);

const BODIES: [string, string | Uint8Array, number, string][] = [
  ["nothing", "", 1004, "body: not JSON"],
  ["half an object", '{"id":"x"', 1004, "body: not JSON"],
  ["a list", "[]", 1004, "body: not an object"],
  ["null", "null", 1004, "body: not an object"],
  ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 1004, "body: not UTF-8"],
  ["great depth", '{"id":'.repeat(5000), 1004, "body: nested deeper than 32"],
  ["no id", '{"__proto__":{"id":"x"}}', 1005, "body.id: absent"],
  ["an id of null", '{"id":null}', 1005, "body.id: absent"],
  ["an empty id", '{"id":""}', 1005, "body.id: empty"],
  ["a number for an id", '{"id":7}', 1004, "body.id: "],
  ["NUL in an id", '{"id":"a\\u0000b"}', 1004, "body.id: a NUL character"],
  ["a lone surrogate", '{"id":"a\\ud800"}', 1004, "body.id: a lone surrogate"],
  ["an id of 66 bytes", `{"id":"${"ä".repeat(33)}"}`, 413, "body.id: more than 64 bytes"],
  ["NUL in a nickname", '{"id":"x","nickname":"\\u0000"}', 1004, "body.nickname: a NUL character"],
  ["an unknown device", '{"id":"x","device":"im_fridge"}', 1004, "body.device: "],
];

for (const [what, body, code, msg] of BODIES) {
  test(`${what} is ${code}, and makes no user`, async () => {
    const answer = await post("/user/login", body);
    expect(answer.code).toBe(code);
    expect(answer.status).toBe(code === 413 ? 413 : 400);
    expect(answer.msg).toStartWith(msg);
    expect((await server.call("GET", "/openapi/v1/sync", AS_APP, { userId: "x" })).code).toBe(404);
  });
}

test("a body over the limit is 413, whether or not it says its length", async () => {
  const large = "x".repeat((1 << 20) + 1);
  const headers = { "x-app-key": AS_APP.appKey ?? "" };
  const url = `${server.url}/openapi/v1/user/login`;
  for (const body of [large, new Blob([large]).stream()]) {
    const response = await fetch(url, { method: "POST", headers, body });
    expect(response.status).toBe(413);
  }
});

test("reading a body stops at the limit", async () => {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(100));
      if (pulled === 1000) controller.close();
    },
  });
  const read = await readBody(new Request("http://x", { method: "POST", body }), 250);
  expect(read).toMatchObject({ code: 413, msg: "body: more than 250 bytes" });
  expect(pulled).toBeLessThan(10);
});

test("groups: types, members and lists that can't be", async () => {
  const many = Array.from({ length: 501 }, () => "ann");
  const wrong = async (path: string, input: object): Promise<number> =>
    (await post(path, input)).code;
  expect(await wrong("/group", { ownerId: "ann", conversationType: 1 })).toBe(1004);
  expect(await wrong("/group", { ownerId: "ann", conversationType: "2" })).toBe(1004);
  expect(await wrong("/group", { memberIds: [] })).toBe(1005);
  expect(await wrong("/group", { ownerId: "nobody" })).toBe(404);
  expect(await wrong("/group", { ownerId: "ann", memberIds: ["ben", "nobody"] })).toBe(404);
  expect(await wrong("/group", { ownerId: "ann", memberIds: [7] })).toBe(1004);
  expect(await wrong("/group", { ownerId: "ann", memberIds: many })).toBe(413);
  expect(await wrong("/group/member", { conversationId: group, userIds: many })).toBe(413);
  expect(await wrong("/group/member", { conversationId: group, userIds: [] })).toBe(1005);
  expect(await wrong("/group/member", { userIds: ["ben"] })).toBe(1005);
  expect(await wrong("/group/member", { conversationId: "-1", userIds: ["ben"] })).toBe(1004);
  expect(await wrong("/group/member", { conversationId: 1e300, userIds: ["ben"] })).toBe(1004);
  const unknown = { conversationId: "8999999999999999", userIds: ["ben"] };
  expect(await wrong("/group/member", unknown)).toBe(1003);
});

test("messages are refused as over a WebSocket", async () => {
  const send = async (more: object): Promise<number> =>
    (await post("/message", { from: "ann", to: "ben", cmd: 6, localId: "x", ...more })).code;
  expect(await send({ localId: undefined })).toBe(1005);
  expect(await send({ localId: 7 })).toBe(1004);
  expect(await send({ localId: "x".repeat(129) })).toBe(413);
  expect(await send({ to: undefined })).toBe(1005);
  expect(await send({ to: "nobody" })).toBe(404);
  expect(await send({ to: "ann" })).toBe(403);
  expect(await send({ from: "nobody" })).toBe(404);
  expect(await send({ to: undefined, conversationId: "8999999999999999" })).toBe(1003);
  expect(await send({ to: undefined, conversationId: "x" })).toBe(1004);
  expect(await send({ cmd: 11 })).toBe(3003);
  expect(await send({ cmd: 9999 })).toBe(3003);
  expect(await send({ cmd: 91 })).toBe(3003);
  expect(await send({ cmd: -1 })).toBe(1004);
  expect(await send({ content: [] })).toBe(1004);
  expect(await send({ content: { text: "x".repeat(10_241) } })).toBe(413);
  expect(await send({ content: { extension: "x".repeat(102_400) } })).toBe(413);
  expect(await send({ target: Array.from({ length: 501 }, () => "ben") })).toBe(413);
  expect(await send({ content: { text: "x".repeat(10_240) } })).toBe(200);
});

test("a query is read as strictly as a body", async () => {
  const read = async (path: string, query: Record<string, string>): Promise<number> =>
    (await server.call("GET", `/openapi/v1${path}`, AS_APP, query)).code;
  expect(await read("/message", {})).toBe(1005);
  expect(await read("/message", { conversationId: "abc" })).toBe(1004);
  expect(await read("/message", { conversationId: "8999999999999999" })).toBe(1003);
  expect(await read("/message", { conversationId: group, limit: "0" })).toBe(1004);
  expect(await read("/message", { conversationId: group, limit: "501" })).toBe(413);
  expect(await read("/message", { conversationId: group, fromSeq: "-1" })).toBe(1004);
  expect(await read("/message", { conversationId: group, fromSeq: "9007199254740992" })).toBe(1004);
  expect(await read("/message", { conversationId: group, backward: "perhaps" })).toBe(1004);
  expect(await read("/message", { conversationId: group, userId: "ben" })).toBe(2003);
  expect(await read("/sync", {})).toBe(1005);
  expect(await read("/sync", { userId: "nobody" })).toBe(404);
  expect(await read("/sync", { userId: "ann", pts: "1.5" })).toBe(1004);
  expect(await read("/conversation", { userId: "ann", cursor: "x\0" })).toBe(1004);
});
