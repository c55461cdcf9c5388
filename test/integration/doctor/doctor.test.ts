// The doctor asks real services: what is wrong with them it finds, and ends with 1.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { resolve } from "node:path";
import postgres from "postgres";
import { examine } from "../../../src/app/doctor/examine.ts";
import type { Finding } from "../../../src/app/doctor/finding.ts";
import { measureProxy } from "../../../src/app/doctor/proxy.ts";
import { hastyProxy } from "../../support/hasty-proxy.ts";
import { APP_KEY, startServer, type TestServer } from "../http/server.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");

let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  environment = {
    DATABASE_URL: server.databaseUrl,
    REDIS_URL: server.redis.url,
    LINNET_APP_KEY: APP_KEY,
    LINNET_CONNECTIONS_MAX: "100",
    LINNET_POOL_CONNECTIONS: "1",
  };
}, 60_000);

afterAll(() => server.stop());

async function stateOf(check: string, more: Record<string, string> = {}): Promise<string> {
  const findings = await examine({ ...environment, ...more });
  const found = findings.find((finding) => finding.check === check);
  return found?.state ?? `none among ${findings.map((one: Finding) => one.check).join(", ")}`;
}

async function administer(statement: string): Promise<void> {
  const sql = postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(statement);
  await sql.end();
}

const redis = async (...args: string[]): Promise<void> => {
  const client = new Bun.RedisClient(server.redis.url);
  await client.send(args[0] ?? "", args.slice(1));
  client.close();
};

test("the program prints every check, and ends with 1 for a Postgres without fsync", async () => {
  const child = Bun.spawn([process.execPath, "src/app/doctor/main.ts"], {
    cwd: CHECKOUT,
    env: { PATH: Bun.env["PATH"] ?? "", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const out = await child.stdout.text();
  // The clusters of tests write without fsync.
  expect(out).toContain("wrong    Postgres fsync: off");
  expect(out).toContain("mend: psql");
  for (const check of ["synchronous_commit", "pooler", "Redis eviction", "Clock of Redis"]) {
    expect(out).toMatch(new RegExp(`^ok +.*${check}`, "m"));
  }
  expect(out).toContain("Proxy time-outs: not measured");
  expect(await child.exited).toBe(1);
}, 30_000);

test("settings of sessions and of Redis are seen as they are", async () => {
  expect(await stateOf("Postgres synchronous_commit")).toBe("ok");
  const { pathname } = new URL(server.databaseUrl);
  await administer(`ALTER DATABASE ${pathname.slice(1)} SET synchronous_commit = off`);
  expect(await stateOf("Postgres synchronous_commit")).toBe("wrong");
  expect(await stateOf("Redis eviction")).toBe("ok");
  await redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  expect(await stateOf("Redis eviction")).toBe("wrong");
  await redis("CONFIG", "SET", "maxmemory", "104857600");
  expect(await stateOf("Redis memory")).toBe("wrong");
  await redis("CONFIG", "SET", "maxmemory", "0");
  expect(await stateOf("Redis memory")).toBe("ok");
  await redis("CONFIG", "SET", "appendonly", "no");
  expect(await stateOf("Redis persistence")).toBe("warning");
  expect(await stateOf("Open files", { LINNET_CONNECTIONS_MAX: "1000000" })).toBe("wrong");
  const many = { LINNET_POOL_CONNECTIONS: "100" };
  expect(await stateOf("Postgres connections", many)).not.toBe("ok");
}, 30_000);

test("what is away, and settings that are none, are wrong and end nothing", async () => {
  expect(await stateOf("Postgres", { DATABASE_URL: "postgres://127.0.0.1:1/x" })).toBe("wrong");
  expect(await stateOf("Redis", { REDIS_URL: "redis://127.0.0.1:1" })).toBe("wrong");
  expect(await stateOf("Settings", { LINNET_PORT: "none" })).toBe("wrong");
}, 30_000);

test("a proxy that cuts what is silent is found by waiting", async () => {
  const direct = await measureProxy(server.url, APP_KEY, 700);
  expect(direct.state).toBe("ok");
  const hasty = await hastyProxy(Number(new URL(server.url).port), 200);
  const { port } = hasty.address() as { port: number };
  const cut = await measureProxy(`http://127.0.0.1:${port}`, APP_KEY, 3000);
  expect(cut.state).toBe("wrong");
  expect(cut.what).toContain("cut after 0.");
  expect(cut.mend).toContain("proxy_read_timeout");
  hasty.close();
  const nowhere = await measureProxy("http://127.0.0.1:1", APP_KEY, 100);
  expect(nowhere.state).toBe("wrong");
}, 30_000);
