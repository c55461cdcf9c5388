// Custom conversations: what is kept and who is asked, as their makers said.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { isSignature } from "../../../src/base/signature.ts";
import type { Framing } from "../../outside/framing.ts";
import { type Answer, connect, type RawClient } from "../../outside/raw-client.ts";
import { until, wait } from "../../support/pace.ts";
import { AS_APP, startServer, type TestServer } from "../http/server.ts";

const SECRET = "what-signs-the-questions";

let server: TestServer;
let sql: postgres.Sql;
let webhook: Bun.Server<undefined>;
const clients = new Map<string, RawClient>();
const asked: { body: Record<string, unknown>; signed: boolean }[] = [];

beforeAll(async () => {
  webhook = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answerQuestion });
  server = await startServer({
    LINNET_OUTGOING_HOSTS: "127.0.0.1",
    LINNET_ASK_SECRET: SECRET,
  });
  sql = postgres(server.databaseUrl, { max: 1 });
  for (const [id, framing] of CAST) {
    const { token = "" } = await server.login(id);
    clients.set(id, await connect({ base: server.url, token, device: "im_web", framing }));
  }
}, 60_000);

const CAST: readonly [string, Framing][] = [
  ["ann", "json"],
  ["ben", "proto"],
  ["cyd", "msgpack"],
];

afterAll(async () => {
  for (const client of clients.values()) client.terminate();
  await webhook.stop(true);
  await sql.end();
  await server.stop();
});

/** Does as the text of the message says. */
async function answerQuestion(request: Request): Promise<Response> {
  const text = await request.text();
  const timestamp = request.headers.get("x-linnet-timestamp") ?? "";
  const given = request.headers.get("x-linnet-signature") ?? "";
  const body = JSON.parse(text) as Record<string, unknown>;
  asked.push({ body, signed: isSignature(given, SECRET, timestamp, text) });
  const { text: said = "" } = body["content"] as { text?: string };
  if (said.startsWith("refuse")) return Response.json({ allow: false, reason: "not today" });
  if (said.startsWith("nonsense")) return new Response("what?");
  if (said.startsWith("fail")) return new Response("", { status: 500 });
  if (said.startsWith("slow")) await wait(600);
  return Response.json({ allow: true });
}

function clientOf(id: string): RawClient {
  return clients.get(id) as RawClient;
}

async function make(policy: object, memberIds = ["ben", "cyd"]): Promise<string> {
  const body = { ownerId: "ann", name: "C", memberIds, conversationType: 7, policy };
  const made = await server.call("POST", "/openapi/v1/group", AS_APP, body);
  expect(made.code).toBe(200);
  return (made.data as { conversationId: string }).conversationId;
}

let sends = 0;

async function say(
  id: string,
  conversationId: string,
  text: string,
  localId = `say-${++sends}`,
): Promise<Answer["response"] | undefined> {
  const route = { type: 1, conversationId };
  const frame = { cmd: 5, header: { localId }, route, content: { text } };
  return (await clientOf(id).request(frame))?.response;
}

async function heard(id: string, text: string): Promise<boolean> {
  const has = () => clientOf(id).pushes.some(({ content }) => content?.text === text);
  return await until(has, 3000, 10);
}

const address = () => `http://127.0.0.1:${webhook.port}/ask`;

describe("a custom conversation", () => {
  test("asks its webhook first, signed, and does as it says, in every framing", async () => {
    const id = await make({ webhook: { url: address() } });
    for (const [name] of CAST) {
      asked.length = 0;
      expect((await say(name, id, `take ${name}`))?.code).toBe(200);
      const [question] = asked;
      expect(question?.signed).toBe(true);
      expect(question?.body).toMatchObject({ conversationType: 7, from: name, cmd: 5, type: 1 });
      expect(String(question?.body["conversationId"])).toBe(id);
      expect(question?.body["content"]).toMatchObject({ text: `take ${name}` });
      expect(await say(name, id, "refuse this")).toMatchObject({ code: 403, message: "not today" });
    }
    expect(await heard("ben", "take ann")).toBe(true);
    const message = { from: "ann", conversationId: id, content: { text: "refuse" }, localId: "h" };
    const overHttp = await server.call("POST", "/openapi/v1/message", AS_APP, message);
    expect(overHttp).toMatchObject({ code: 403, msg: "body.not today" });
  });

  test("takes nothing without an answer, unless it was made to", async () => {
    const closed = await make({ webhook: { url: address(), timeoutMs: 200 } });
    const open = await make({ webhook: { url: address(), timeoutMs: 200, failOpen: true } });
    for (const text of ["nonsense", "fail", "slow"]) {
      expect((await say("ann", closed, `${text} closed`))?.code).toBe(503);
      expect((await say("ann", open, `${text} open`))?.code).toBe(200);
    }
    const patient = await make({ webhook: { url: address(), timeoutMs: 5000 } });
    expect((await say("ann", patient, "slow but sure"))?.code).toBe(200);
  });

  test("holds up nobody else, keeps one's own order, and knows what it has taken", async () => {
    const slow = await make({ webhook: { url: address(), timeoutMs: 5000 } });
    const plain = await make({});
    expect((await say("ben", plain, "warm"))?.code).toBe(200);
    const waiting = [say("ann", slow, "slow one"), say("ann", slow, "two")];
    expect((await say("ben", plain, "meanwhile"))?.code).toBe(200);
    expect(asked.some(({ body }) => (body["content"] as { text: string }).text === "two")).toBe(
      false,
    );
    expect((await Promise.all(waiting)).map((answer) => answer?.code)).toEqual([200, 200]);
    const stored = await sql`SELECT local_id FROM messages
      WHERE conversation_id = ${slow} ORDER BY seq`;
    expect(stored.length).toBe(2);
    expect((await say("ann", slow, "kept", "kept"))?.code).toBe(200);
    expect((await say("ann", slow, "kept", "kept"))?.code).toBe(200);
    const again = await sql`SELECT 1 FROM messages WHERE conversation_id = ${slow}`;
    expect(again.length).toBe(3);
  });

  test("is told and not stored, where it says so", async () => {
    const id = await make({ persist: false });
    expect((await say("ann", id, "gone with the wind"))?.code).toBe(200);
    for (const name of ["ben", "cyd"]) expect(await heard(name, "gone with the wind")).toBe(true);
    expect((await sql`SELECT 1 FROM messages WHERE conversation_id = ${id}`).length).toBe(0);
    const message = { from: "ann", conversationId: id, content: { text: "x" }, localId: "n" };
    const overHttp = await server.call("POST", "/openapi/v1/message", AS_APP, message);
    expect(overHttp.code).toBe(3003);
    const alone = await make({ persist: false }, []);
    expect((await say("ann", alone, "to nobody"))?.code).toBe(3004);
  });

  test("has a log of its own, where it says so", async () => {
    const id = await make({ fanOut: "wide" });
    const before = await sql`SELECT 1 FROM inbox`;
    expect((await say("ann", id, "wide"))?.code).toBe(200);
    expect(await heard("cyd", "wide")).toBe(true);
    expect((await sql`SELECT 1 FROM inbox`).length).toBe(before.length);
  });

  test("is not made with a policy that is none, nor with a webhook by a user", async () => {
    const create = async (body: object) =>
      (await server.call("POST", "/openapi/v1/group", AS_APP, { ownerId: "ann", ...body })).code;
    const policy = { send: "members" };
    expect(await create({ conversationType: 2, policy })).toBe(3003);
    expect(await create({ conversationType: 7, policy: { send: "me" } })).toBe(1004);
    expect(await create({ conversationType: 7, policy: { webhook: {} } })).toBe(1005);
    const ftp = { webhook: { url: "ftp://x" } };
    expect(await create({ conversationType: 7, policy: ftp })).toBe(1004);
    const long = { webhook: { url: address(), timeoutMs: 60_000 } };
    expect(await create({ conversationType: 7, policy: long })).toBe(413);
    for (const [name] of CAST) {
      const made = async (given: object) =>
        (
          await clientOf(name).request({
            cmd: 41,
            header: { localId: `make-${++sends}` },
            content: { data: { name: "C", conversationType: 7, policy: given } },
          })
        )?.response.code;
      expect(await made({ webhook: { url: address() } })).toBe(403);
      expect(await made({ send: "nobody" })).toBe(1004);
      expect(await made({ send: "owner", persist: true, fanOut: "inbox" })).toBe(200);
    }
    const rows = await sql`SELECT DISTINCT send_role, persist, wide, webhook FROM conversations
      WHERE owner_id = (SELECT id FROM users WHERE external_id = 'ben')`;
    expect([...rows]).toEqual([{ send_role: 2, persist: true, wide: false, webhook: null }]);
  });

  test("asks no private address that the operator has not listed", async () => {
    const url = `http://localhost.localdomain:${webhook.port}/`;
    const id = await make({ webhook: { url } });
    asked.length = 0;
    expect((await say("ann", id, "inside"))?.code).toBe(503);
    const mapped = await make({ webhook: { url: `http://[::ffff:10.0.0.1]/` } });
    expect((await say("ann", mapped, "inside"))?.code).toBe(503);
    expect(asked).toEqual([]);
  });
});
