// `bun run up`: what it starts comes back when it dies, and nothing of a killed run is in the way.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { SHARED_ROOT } from "../../src/app/up/postgres-binaries.ts";
import { type Checkout, makeCheckout } from "../support/checkout.ts";

const READY = "Ctrl-C stops everything";
let checkout: Checkout;
let postgresData = "";

beforeAll(async () => {
  checkout = await makeCheckout();
});

afterAll(() => {
  checkout.remove();
  // As root the data lie elsewhere, because Postgres runs as another account.
  if (postgresData.startsWith(SHARED_ROOT)) rmSync(dirname(postgresData), { recursive: true });
});

async function value(statement: string): Promise<string> {
  const sql = postgres(checkout.env()["DATABASE_URL"] ?? "", { max: 1 });
  try {
    const [row] = await sql.unsafe<Array<{ value: string }>>(statement);
    return row?.value ?? "";
  } finally {
    await sql.end();
  }
}

test("everything starts, comes back when killed, and stops by SIGTERM", async () => {
  const up = checkout.up();
  await up.shows(READY);
  expect(statSync(join(checkout.folder, ".linnet", "env")).mode & 0o777).toBe(0o600);
  const addresses = checkout.env();
  expect(addresses["LINNET_APP_KEY"]).toBe("linnet-dev");
  expect((await fetch(`${addresses["LINNET_URL"]}/readyz`)).status).toBe(200);
  await value("CREATE TABLE kept AS SELECT 7 AS n");

  const second = checkout.up();
  await second.shows(`up already in this folder (process ${up.child.pid})`);
  expect(await second.child.exited).toBe(1);

  postgresData = await value("SELECT current_setting('data_directory') AS value");
  const lock = await value("SELECT pg_read_file('postmaster.pid') AS value");
  process.kill(Number.parseInt(lock, 10), "SIGKILL");
  await up.shows("Postgres is back");
  expect(await value("SELECT n::text AS value FROM kept")).toBe("7");
  process.kill(checkout.pidIn("redis/redis.pid"), "SIGKILL");
  await up.shows("Redis is back");
  process.kill(checkout.pidIn("server.pid"), "SIGKILL");
  await up.shows("The server is back");
  expect(checkout.env()).toEqual(addresses);

  up.child.kill("SIGTERM");
  expect(await up.child.exited).toBe(0);
  expect(existsSync(join(checkout.folder, ".linnet", "env"))).toBe(false);
  expect(existsSync(join(checkout.folder, ".linnet", "up.pid"))).toBe(false);
}, 60_000);

test("after a kill -9 the next run has the same addresses and data", async () => {
  const killed = checkout.up();
  await killed.shows(READY);
  const addresses = checkout.env();
  killed.child.kill("SIGKILL");
  await killed.child.exited;
  const next = checkout.up();
  await next.shows(READY);
  expect(checkout.env()).toEqual(addresses);
  expect(await value("SELECT n::text AS value FROM kept")).toBe("7");
  next.child.kill("SIGINT");
  expect(await next.child.exited).toBe(0);
}, 60_000);
