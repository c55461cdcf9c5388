// What is told of a message that is there, one that has expired, one that never was, one refused.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { resolve } from "node:path";
import postgres from "postgres";
import { APP_KEY, AS_APP, startServer, type TestServer } from "../http/server.ts";
import { openSocket, type Socket } from "../security/socket.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");

let server: TestServer;
let bob: Socket;
let sql: postgres.Sql;
let group = "";

beforeAll(async () => {
  server = await startServer();
  sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  for (const id of ["alice", "carol"]) await server.login(id);
  const { token = "" } = await server.login("bob");
  bob = openSocket(server.url, { token, deviceType: "im_web" });
  await bob.greeted;
  const made = await server.call("POST", "/openapi/v1/group", AS_APP, {
    ownerId: "alice",
    memberIds: ["bob", "carol"],
  });
  group = (made.data as { conversationId: string }).conversationId;
}, 60_000);

afterAll(async () => {
  bob.close();
  await sql.end();
  await server.stop();
});

async function send(localId: string, more: object = {}): Promise<string> {
  const answer = await server.call("POST", "/openapi/v1/message", AS_APP, {
    ...{ from: "alice", conversationId: group, localId, content: { text: "secret words" } },
    ...more,
  });
  return (answer.data as { messageId: string } | null)?.messageId ?? `code ${answer.code}`;
}

async function explained(...args: string[]): Promise<{ code: number; text: string }> {
  const child = Bun.spawn([process.execPath, "src/app/explain/main.ts", ...args], {
    cwd: CHECKOUT,
    env: {
      PATH: Bun.env["PATH"] ?? "",
      DATABASE_URL: server.databaseUrl,
      REDIS_URL: server.redis.url,
      LINNET_APP_KEY: APP_KEY,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, text: out + err };
}

test("a stored message: who, where, when, each recipient's pts and connections", async () => {
  const id = await send("stored");
  const { code, text } = await explained(id);
  expect(code).toBe(0);
  expect(text).toContain(`Message ${id}: cmd 2`);
  expect(text).toContain("From alice, over HTTP, device api");
  expect(text).toContain(`Conversation ${group}, type 2`);
  expect(text).toContain("as seq 0");
  expect(text).toContain("local id stored");
  expect(text).toContain("kept, without an expiry");
  expect(text).toMatch(
    /bob: pts \d+ \(his newest is \d+\).*im_web at gateway \w{12} since .*before/,
  );
  expect(text).toMatch(/carol: pts \d+ .*offline now/);
  expect(text).toContain("Not recorded: to which connections it was pushed");
  expect(text).not.toContain("secret words");
  const again = await explained("--sender", "alice", "--local-id", "stored");
  expect(again.code).toBe(0);
  expect(again.text).toContain(`Message ${id}:`);
  await sql`DELETE FROM inbox WHERE message_id = ${id}::int8
    AND user_id = (SELECT id FROM users WHERE external_id = 'carol')`;
  expect((await explained(id)).text).toContain("carol: MISSING in his inbox");
}, 30_000);

test("an expired message: before and after clean-up took its row", async () => {
  const id = await send("brief", { control: { ttl: 3600 } });
  expect((await explained(id)).text).toContain("State: expires at 20");
  await sql`UPDATE messages SET expires_at = now() - interval '1 s' WHERE id = ${id}::int8`;
  expect((await explained(id)).text).toMatch(/State: expired/);
  await sql`DELETE FROM messages WHERE id = ${id}::int8`;
  const { code, text } = await explained(id);
  expect(code).toBe(0);
  expect(text).toContain("It was stored: inboxes still name it: ");
  expect(text).toContain("removed by clean-up");
}, 30_000);

test("an id that is none, of nothing, of an event, of a time to come", async () => {
  expect(await explained("abc")).toMatchObject({ code: 1 });
  expect(await explained()).toMatchObject({ code: 2 });
  const unknown = await explained("12345678901234567");
  expect(unknown.code).toBe(1);
  expect(unknown.text).toContain("There is no message 12345678901234567.");
  expect(unknown.text).toContain("No inbox names it");
  expect((await explained("9223372036854775807")).text).toContain("which is not yet");
  const [event] = await sql<{ id: string }[]>`SELECT id::text FROM events LIMIT 1`;
  expect((await explained(event?.id ?? "")).text).toContain("the id of an event");
}, 30_000);

test("a refused message: by the store, and before it", async () => {
  await sql.unsafe(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.local_id = 'poisoned' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '22P02'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()`);
  expect(await send("poisoned")).toBe("code 3001");
  const poisoned = await explained("--sender", "alice", "--local-id", "poisoned");
  expect(poisoned.code).toBe(0);
  expect(poisoned.text).toMatch(/Refused with 3001 at 20.*cmd 2.*refused/);
  const toBob = { conversationId: undefined, to: "bob", cmd: 1 };
  expect(await send("not-a-friend", toBob)).toBe("code 1006");
  const refused = await explained("--sender", "alice", "--local-id", "not-a-friend");
  expect(refused.code).toBe(1);
  expect(refused.text).toContain("is stored");
  expect(refused.text).toContain("refused by a code other than 3001");
  expect(refused.text).toContain("not settled: 0");
  const nobody = await explained("--sender", "nobody", "--local-id", "x");
  expect(nobody.text).toContain("There is no user nobody");
}, 30_000);
