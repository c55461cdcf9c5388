// Nothing that is secret, and nothing that users write, is in the log, at its most talkative.
import { afterAll, expect, test } from "bun:test";
import { resolve } from "node:path";
import postgres from "postgres";
import { freePort, freshDatabase, startRedis } from "../../support/services.ts";
import { openSocket, upgradeStatus } from "./socket.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");
const APP_KEY = "app-key-that-is-secret";
const TOKEN_SECRET = "0123456789abcdef0123456789abcdef-secret";
const TEXT = "text-that-nobody-else-may-read";
const DEVICE_LOCAL = "local-id-of-the-poisoned";

const endings: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

test("tokens, tickets, keys, passwords and texts stay out of the log", async () => {
  const [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
  endings.push(
    () => database.drop(),
    () => redis.kill9(),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = Bun.spawn([process.execPath, "src/main.ts"], {
    cwd: CHECKOUT,
    env: {
      PATH: Bun.env["PATH"] ?? "",
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      LINNET_APP_KEY: APP_KEY,
      LINNET_TOKEN_KEYS: `main:${TOKEN_SECRET}`,
      LINNET_HOST: "127.0.0.1",
      LINNET_PORT: String(port),
      LINNET_ADMIN_PORT: "0",
      LINNET_LOG_LEVEL: "trace",
      LINNET_DRAIN_MS: "0",
      LINNET_QUERY_MS: "2000",
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  endings.push(async () => child.kill("SIGKILL"));
  const log = gather(child.stdout);
  const errors = gather(child.stderr);
  await log.says('"ready"');

  const secrets = await useAll(url, database.url);
  await breakRedis(redis, log);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);

  const all = log.text() + errors.text();
  // The log was on, and the flows went where things are logged.
  expect(all).toContain("call refused");
  expect(all).toContain("can't be stored");
  const passwords = [database.url, redis.url].map((address) => new URL(address).password);
  for (const secret of [...secrets, ...passwords, APP_KEY, TOKEN_SECRET, TEXT, DEVICE_LOCAL]) {
    expect(secret.length).toBeGreaterThan(10);
    expect([secret, all.includes(secret)]).toEqual([secret, false]);
  }
}, 60_000);

/** Logs in, sends, is refused in every way, is kicked. Answers the secrets that were seen. */
async function useAll(url: string, databaseUrl: string): Promise<string[]> {
  const call = async (path: string, headers: Record<string, string>, body: object) => {
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await (await fetch(`${url}/openapi/v1${path}`, init)).json()) as {
      code: number;
      data: { token?: string; ticket?: string } | null;
    };
  };
  const key = { "x-app-key": APP_KEY };
  const tokens: string[] = [];
  for (const id of ["alice", "bob"]) {
    const { data } = await call("/user/login", key, { id });
    tokens.push((data?.token ?? "").replace("Bearer ", ""));
  }
  const [token = "", other = ""] = tokens;
  const bearer = { authorization: `Bearer ${token}` };
  const { data } = await call("/user/ticket", bearer, {});
  const ticket = data?.ticket ?? "";
  await call("/user/login", { "x-app-key": `${APP_KEY}x` }, { id: "alice" });
  await call("/user/login", bearer, { id: "alice" });
  await call("/message", { authorization: `Bearer ${token}x` }, { to: "bob", content: TEXT });
  await call("/message", bearer, { to: "bob", content: { text: 5, [TEXT]: TEXT }, localId: "1" });
  await upgradeStatus(url, {}, { token: `${token}x`, deviceType: "im_web" });
  await upgradeStatus(url, {}, { ticket: `${ticket}x`, deviceType: "im_web" });
  const byTicket = openSocket(url, {}, { ticket, deviceType: "im_pc_mac" });
  await byTicket.greeted;
  const again = openSocket(url, {}, { ticket, deviceType: "im_pc_win" });
  await again.ended;
  const socket = openSocket(url, {}, { token, deviceType: "im_web" });
  await socket.greeted;
  await refuseContent(databaseUrl);
  const send = async (localId: string, more: object = {}) => {
    const route = { to: "bob", type: 1 };
    const seen = new Set(socket.frames);
    socket.send({ cmd: 6, header: { localId }, route, content: { text: TEXT }, ...more });
    const answer = await socket.comes(
      (frame) => frame.header?.localId === localId && !seen.has(frame),
    );
    return answer.response?.code;
  };
  expect(await send("right")).toBe(200);
  expect(await send("right", { content: { text: `${TEXT} other` } })).toBe(409);
  expect(await send("odd", { content: { text: [TEXT] } })).toBe(1004);
  expect(await send("push", { cmd: 93 })).toBe(200);
  expect(await send(DEVICE_LOCAL)).toBe(3001);
  expect((await call("/user/kick", key, { userId: "alice" })).code).toBe(200);
  await Promise.all([socket.ended, byTicket.ended]);
  const pieces = [...tokens, ticket].flatMap((one) => one.split("."));
  return [...pieces.filter((piece) => !piece.startsWith("eyJhbGci")), other];
}

/** Postgres refuses one message, and quotes what it says. */
async function refuseContent(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.local_id = '${DEVICE_LOCAL}' THEN
        RAISE EXCEPTION 'invalid: % %', NEW.local_id, convert_from(NEW.content, 'LATIN1')
          USING ERRCODE = '22P02';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()`);
  await sql.end();
}

async function breakRedis(
  redis: { kill9(): Promise<void>; restart(): Promise<void> },
  log: ReturnType<typeof gather>,
): Promise<void> {
  await redis.kill9();
  await log.says("redis connection failed");
  await redis.restart();
}

function gather(stream: ReadableStream<Uint8Array>) {
  let text = "";
  const waiting: { part: string; resolve: () => void }[] = [];
  const decoder = new TextDecoder();
  const run = async (): Promise<void> => {
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (const { part, resolve: done } of waiting) if (text.includes(part)) done();
    }
  };
  run().catch(() => {});
  return {
    text: () => text,
    says(part: string): Promise<void> {
      if (text.includes(part)) return Promise.resolve();
      return new Promise((done) => waiting.push({ part, resolve: done }));
    },
  };
}
