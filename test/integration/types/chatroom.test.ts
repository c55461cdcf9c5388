// Chatrooms: attended from a connection, as long as it lasts; recent history on joining; nothing
// in anybody's inbox.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { code, connect, type RawClient } from "../../outside/raw-client.ts";
import type { Envelope, Framing } from "../../outside/framing.ts";
import { createClient } from "../../../src/sdk/client.ts";
import { until } from "../../support/pace.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";

let server: TestServer;
let sql: postgres.Sql;
const clients: RawClient[] = [];

beforeAll(async () => {
  server = await startServer({ LINNET_RECENT_EVENTS: "3" });
  sql = postgres(server.databaseUrl, { max: 2 });
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  await sql.end();
  await server.stop();
});

async function online(id: string, framing: Framing = "json"): Promise<RawClient> {
  const { token = "" } = await server.login(id);
  const client = await connect({ base: server.url, token, device: "im_web", framing });
  clients.push(client);
  return client;
}

let requests = 0;

async function ask(
  client: RawClient,
  cmd: number,
  conversationId: string,
  content: Envelope["content"] = {},
): Promise<number> {
  return code(await answer(client, cmd, conversationId, content));
}

async function answer(
  client: RawClient,
  cmd: number,
  conversationId: string,
  content: Envelope["content"] = {},
): Promise<Envelope | undefined> {
  const header = { localId: `request-${++requests}` };
  return await client.request({ cmd, header, route: { type: 1, conversationId }, content });
}

async function makeChatroom(ownerId: string): Promise<string> {
  const body = { ownerId, name: "Lounge", conversationType: 3 };
  const made = await server.call("POST", "/openapi/v1/group", AS_APP, body);
  expect(made.code).toBe(200);
  return (made.data as { conversationId: string }).conversationId;
}

function textsOf(client: RawClient): string[] {
  const chats = client.pushes.filter(({ cmd }) => cmd === 3);
  return chats.map(({ content }) => content?.text ?? "");
}

const JOIN = 42;
const LEAVE = 43;
const CHAT = 3;
const HISTORY = 34;
const DISMISS = 44;
const SYNC = 71;

describe("a chatroom", () => {
  test("is spoken in by who has joined, from that connection, until it leaves", async () => {
    const [ann, ben] = [await online("ann"), await online("ben")];
    const id = await makeChatroom("ann");
    expect(await ask(ben, CHAT, id, { text: "too early" })).toBe(1002);
    expect(await ask(ann, CHAT, id, { text: "the owner too" })).toBe(1002);
    expect(await ask(ann, JOIN, id)).toBe(200);
    expect(await ask(ben, JOIN, id)).toBe(200);
    expect(await ask(ben, JOIN, id)).toBe(200);
    expect(await ask(ben, CHAT, id, { text: "hello" })).toBe(200);
    expect(await ask(ben, 2, id, { text: "no group" })).toBe(1004);
    await until(() => textsOf(ann).length > 0, 5000);
    expect(textsOf(ann)).toEqual(["hello"]);
    expect(await ask(ben, LEAVE, id)).toBe(200);
    expect(await ask(ben, LEAVE, id)).toBe(1002);
    expect(await ask(ben, CHAT, id, { text: "too late" })).toBe(1002);
    expect(await ask(ann, CHAT, id, { text: "alone" })).toBe(200);
    expect(textsOf(ben)).toEqual([]);
  });

  for (const framing of ["json", "proto", "msgpack"] as const) {
    test(`gives its newest events to who joins, in ${framing}, and its history`, async () => {
      const host = await online(`host-${framing}`);
      const id = await makeChatroom(`host-${framing}`);
      expect(await ask(host, JOIN, id)).toBe(200);
      for (let n = 0; n < 5; n++) expect(await ask(host, CHAT, id, { text: `${n}` })).toBe(200);
      const late = await online(`late-${framing}`, framing);
      expect(await ask(late, HISTORY, id)).toBe(1002);
      expect(await ask(late, SYNC, id)).toBe(1002);
      expect(await ask(late, JOIN, id)).toBe(200);
      await until(() => textsOf(late).length >= 3, 3000);
      expect(textsOf(late)).toEqual(["2", "3", "4"]);
      const events = late.pushes.filter(({ cmd }) => cmd === 33 || cmd === CHAT);
      expect(events.map(({ cmd }) => cmd)).toEqual([33, CHAT, CHAT, CHAT]);
      // The first event of its log tells that it was made.
      expect(events[0]?.content?.data).toMatchObject({ wide: true, conversationPts: 3 });
      const history = await answer(late, HISTORY, id, { data: { fromSeq: 0, limit: 10 } });
      const shown = history?.response?.data?.messages ?? [];
      const hidden = shown.map(({ messageExtra }) => messageExtra?.hidden ?? false);
      expect(hidden).toEqual([true, true, false, false, false]);
      const log = await answer(late, SYNC, id, { data: { conversationPts: 0 } });
      expect(log?.response?.data?.events?.length).toBe(3);
      expect(await ask(host, CHAT, id, { text: "next" })).toBe(200);
      await until(() => textsOf(late).includes("next"), 3000);
      expect(textsOf(late)).toEqual(["2", "3", "4", "next"]);
    });
  }

  test("ends with the connection, and leaves nothing behind for who was there", async () => {
    const host = await online("eve");
    const id = await makeChatroom("eve");
    const guest = await online("guest");
    for (const client of [host, guest]) expect(await ask(client, JOIN, id)).toBe(200);
    guest.terminate();
    const again = await online("guest");
    expect(await ask(again, CHAT, id, { text: "joined before" })).toBe(1002);
    expect(await ask(host, CHAT, id, { text: "heard by nobody" })).toBe(200);
    await again.request({ cmd: SYNC, header: { localId: "own" }, content: { data: { pts: 0 } } });
    const list = await again.request({ cmd: 72, header: { localId: "list" } });
    expect(list?.response).toMatchObject({ code: 200, data: { conversations: [] } });
    expect(textsOf(again)).toEqual([]);
    const [left] = await sql`SELECT
      (SELECT count(*)::int FROM members WHERE conversation_id = ${id}) AS members,
      (SELECT count(*)::int FROM inbox) AS inbox`;
    expect(left).toEqual({ members: 0, inbox: 0 });
  });

  test("its owner throws somebody out, and ends it", async () => {
    const host = await online("fay");
    const id = await makeChatroom("fay");
    const guest = await online("gus");
    for (const client of [host, guest]) expect(await ask(client, JOIN, id)).toBe(200);
    expect(await ask(guest, LEAVE, id, { data: { userIds: ["fay"] } })).toBe(2003);
    expect(await ask(host, LEAVE, id, { data: { userIds: ["gus"] } })).toBe(200);
    await until(() => guest.pushes.some(({ cmd }) => cmd === LEAVE), 3000);
    expect(await ask(guest, CHAT, id, { text: "gone" })).toBe(1002);
    expect(await ask(guest, JOIN, id)).toBe(200);
    expect(await ask(guest, JOIN, id, { data: { userIds: ["fay"] } })).toBe(3003);
    expect(await ask(host, DISMISS, id)).toBe(200);
    expect(await ask(host, CHAT, id, { text: "over" })).toBe(2001);
    expect(await ask(await online("hal"), JOIN, id)).toBe(2001);
  });

  test("is followed by the SDK from its recent events on, in order", async () => {
    const host = await online("kim");
    const id = await makeChatroom("kim");
    expect(await ask(host, JOIN, id)).toBe(200);
    for (let n = 0; n < 5; n++) expect(await ask(host, CHAT, id, { text: `${n}` })).toBe(200);
    const { token = "" } = await server.login("lou");
    const client = createClient({ url: server.url, token, deviceType: "im_web" });
    const said: string[] = [];
    client.on("message", ({ envelope }) => said.push(envelope.content?.text ?? ""));
    await client.connect();
    expect((await client.groups.join(id)).code).toBe(200);
    expect(await ask(host, CHAT, id, { text: "5" })).toBe(200);
    await until(() => said.length >= 4, 3000);
    expect(said).toEqual(["2", "3", "4", "5"]);
    await client.close();
  });

  test("takes messages over HTTP from the system alone: nobody joins from there", async () => {
    const host = await online("ida");
    const id = await makeChatroom("ida");
    expect(await ask(host, JOIN, id)).toBe(200);
    const message = { conversationId: id, content: { text: "over HTTP" }, localId: "1" };
    const path = "/openapi/v1/message";
    const asUser = await server.call("POST", path, AS_APP, { ...message, from: "ida" });
    expect(asUser.code).toBe(1002);
    expect((await server.call("POST", path, AS_APP, message)).code).toBe(200);
    await until(() => textsOf(host).length > 0, 3000);
    expect(textsOf(host)).toEqual(["over HTTP"]);
    const member = { conversationId: id, userIds: ["ida"] };
    const joined = await server.call("POST", "/openapi/v1/group/member", AS_APP, member);
    expect(joined.code).toBe(3003);
    const filled = { ownerId: "ida", conversationType: 3, memberIds: ["ida"] };
    expect((await server.call("POST", "/openapi/v1/group", AS_APP, filled)).code).toBe(3003);
  });
});
