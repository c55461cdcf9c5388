// The private services that every other integration test stands on.
import { expect, test } from "bun:test";
import postgres from "postgres";
import { createClient } from "redis";
import { freshDatabase, sharedPostgres, startPostgres, startRedis } from "../support/services.ts";

async function rows(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1 });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end();
  }
}

test("a fresh database is a copy of what the migration made, apart from others", async () => {
  let runs = 0;
  const migrate = async (url: string) => {
    runs += 1;
    await rows(url, "CREATE TABLE made (n int)");
  };
  const first = await freshDatabase(migrate);
  const second = await freshDatabase(migrate);
  await rows(first.url, "INSERT INTO made VALUES (1)");
  expect(await rows(second.url, "SELECT n FROM made")).toEqual([]);
  expect(runs).toBe(1);
  await first.drop();
  const names = await rows((await sharedPostgres()).url, "SELECT datname FROM pg_database");
  expect(names).not.toContainEqual({ datname: first.name });
  expect(names).toContainEqual({ datname: second.name });
});

test("Postgres killed and started again has on the same port what was committed", async () => {
  const server = await startPostgres();
  await rows(server.url, "CREATE TABLE kept AS SELECT 7 AS n");
  const before = server.pid;
  await server.kill9();
  expect(rows(server.url, "SELECT 1")).rejects.toThrow();
  await server.restart();
  expect(server.pid).not.toBe(before);
  expect(await rows(server.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  const setting = await rows(server.url, "SELECT current_setting('synchronous_commit') AS value");
  expect(setting).toEqual([{ value: "on" }]);
  await server.stop();
}, 30_000);

test("Redis started again keeps what its file has, and asks for its password", async () => {
  const server = await startRedis();
  const client = createClient({ url: server.url, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  await client.set("kept", "7");
  expect(await client.configGet("maxmemory-policy")).toEqual({ "maxmemory-policy": "noeviction" });
  await client.close();
  await server.stop();
  await server.restart();
  const again = await createClient({ url: server.url }).connect();
  expect(await again.get("kept")).toBe("7");
  await again.close();
  const stranger = createClient({
    url: `redis://127.0.0.1:${server.port}`,
    socket: { reconnectStrategy: false },
  });
  stranger.on("error", () => {});
  expect(stranger.connect().then(() => stranger.get("kept"))).rejects.toThrow("NOAUTH");
  await server.kill9();
});
