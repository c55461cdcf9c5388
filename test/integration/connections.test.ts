// Who is let in: a token that is over is refused, and of two connections of a user and device type
// the newer stays, also when they are on two gateways.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Tokens } from "../../src/base/token.ts";
import { loadSettings } from "../../src/postgres/settings.ts";
import { upgradeStatus } from "../outside/handshake.ts";
import { login } from "../outside/http-client.ts";
import { code, connect, type RawClient } from "../outside/raw-client.ts";
import { openSql } from "../outside/target.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { within } from "../support/pace.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet();
}, 60_000);

afterAll(async () => {
  await fleet.end();
}, 30_000);

/** A token as the server would sign it, over at `exp` seconds. */
async function signed(user: string, exp: number): Promise<string> {
  const sql = openSql(fleet);
  try {
    const { tokenKey } = await loadSettings(sql);
    const [row] = await sql`SELECT id FROM users WHERE external_id = ${user}`;
    const tokens = new Tokens([{ id: "db", secret: tokenKey }]);
    const uid = Number(row?.["id"]);
    return `Bearer ${tokens.sign({ sub: user, uid, dev: "im_web", iat: 1, exp })}`;
  } finally {
    await sql.end();
  }
}

test("a token that is over is refused at the upgrade and by HTTP", async () => {
  await login(fleet, "late", "im_web");
  const nowSeconds = Math.floor(Date.now() / 1000);
  const base = fleet.process(0).url;
  const upgrade = async (token: string) => upgradeStatus(base, { token, deviceType: "im_web" });
  const list = async (token: string) => {
    const headers = { authorization: token };
    return (await fetch(`${base}/openapi/v1/conversation?limit=10`, { headers })).status;
  };
  const over = await signed("late", nowSeconds - 1);
  expect(await upgrade(over)).toBe(401);
  expect(await list(over)).toBe(401);
  const valid = await signed("late", nowSeconds + 60);
  expect(await upgrade(valid)).toBe(101);
  expect(await list(valid)).toBe(200);
});

async function isAlive(client: RawClient): Promise<boolean> {
  const beat = { cmd: 0, header: { localId: crypto.randomUUID() } };
  return code(await client.request(beat, 5000)) === 200;
}

test.each([0, 1])("the newer connection stays, the older on gateway %i is told why", async (at) => {
  const user = `twice-${at}`;
  const open = async (place: number, device: string) => {
    const token = await login(fleet, user, device);
    return connect({ base: fleet.process(place).url, token, device });
  };
  const older = await open(at, "im_web");
  const phone = await open(at, "im_app_ios");
  const newer = await open(1, "im_web");
  expect((await within(older.closed, 5000))?.code).toBe(4000);
  expect(await isAlive(newer)).toBe(true);
  expect(await isAlive(phone)).toBe(true);
  newer.close();
  phone.close();
});
