// A transaction over the pool whose connection is cut: it fails alone. Unpatched, the driver
// (src/postgres/driver.patch) ends the process, or carries out what is left of the transaction on
// another connection, outside of any.
import { afterAll, beforeAll, expect, test } from "bun:test";
import postgres from "postgres";
import { openPool, type Sql, type Transaction } from "../../src/postgres/client.ts";
import { freshDatabase, type TestDatabase } from "../support/services.ts";

let database: TestDatabase;
let pool: Sql;
let other: Sql;

beforeAll(async () => {
  database = await freshDatabase(async () => {});
  pool = openPool(database.url, "cut", 1, 5000);
  other = postgres(database.url, { max: 1, onnotice: () => {} });
  await other`CREATE TABLE cut (n int)`;
});

afterAll(async () => {
  await pool.end();
  await other.end();
  await database.drop();
});

async function cut(tx: Transaction): Promise<void> {
  const [row] = await tx<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  await other`SELECT pg_terminate_backend(${row?.pid ?? 0})`;
}

/** Begins a transaction, cuts it, and goes on in it once it was told so. */
async function cutAndGoOn(goOn: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const { promise: late, resolve: ended } = Promise.withResolvers<unknown>();
  const running = pool.begin(async (tx) => {
    await tx`INSERT INTO cut VALUES (1)`;
    await cut(tx);
    await told;
    ended(await goOn(tx).catch((error: unknown) => error));
  });
  expect(await running.catch((error: unknown) => error)).toBeInstanceOf(Error);
  tell();
  return await late;
}

async function insertForEver(tx: Transaction): Promise<never> {
  for (;;) await Promise.all([tx`INSERT INTO cut VALUES (4)`, tx`SELECT 1`]);
}

test("what comes after the cut is refused, and the pool goes on", async () => {
  const error = await cutAndGoOn((tx) => tx`INSERT INTO cut VALUES (2)`);
  expect(error).toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(await pool`SELECT n FROM cut`).toHaveLength(0);
});

test("what comes after the connection was made anew is refused too", async () => {
  const error = await cutAndGoOn(async (tx) => {
    await pool`SELECT 1`;
    await tx`INSERT INTO cut VALUES (3)`;
  });
  expect(error).toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(await pool`SELECT n FROM cut`).toHaveLength(0);
});

test("cut between any two statements, nothing is stored and nothing ends the process", async () => {
  for (let round = 0; round < 20; round++) {
    const running = pool.begin((tx) => Promise.all([cut(tx), insertForEver(tx)]));
    expect(await running.catch((error: unknown) => error)).toBeInstanceOf(Error);
  }
  expect(await pool`SELECT n FROM cut`).toHaveLength(0);
});
