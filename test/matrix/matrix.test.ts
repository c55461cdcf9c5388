// The table of who may say what, played against a server of the test's own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { APP_KEY, startServer, type TestServer } from "../integration/http/server.ts";
import { playMatrix } from "./cells.ts";
import { ROWS } from "./expected.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
}, 60_000);

afterAll(async () => {
  await server.stop();
});

test("each conversation type × each kind of sender, over three framings and HTTP", async () => {
  const { url, databaseUrl } = server;
  const cells = await playMatrix({ url, appKey: APP_KEY, databaseUrl });
  expect(cells.filter(({ ok }) => !ok)).toEqual([]);
  const played = cells.filter(({ expected }) => expected !== undefined);
  expect(new Set(played.map(({ type }) => type)).size).toBe(8);
  expect(played.length).toBeGreaterThan(ROWS.length * 4 * 6);
}, 60_000);
