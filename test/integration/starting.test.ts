// A server that starts while Postgres or Redis is away comes up by itself when they are back.
import { expect, test } from "bun:test";
import { login } from "../outside/http-client.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { startPostgres, startRedis, type TestService } from "../support/services.ts";

async function comesUp(fleet: Fleet, away: TestService): Promise<void> {
  const server = fleet.process(0);
  try {
    const waits = () => server.log().includes("waiting for Postgres and Redis");
    expect(await until(waits, 20_000)).toBe(true);
    expect(await server.isReady()).toBe(false);
    await away.restart();
    await server.ready();
    expect(await login(fleet, "alice", "im_web")).toStartWith("Bearer ");
  } finally {
    await fleet.end();
  }
}

test("Postgres is away at the start", async () => {
  const postgres = await startPostgres();
  await postgres.stop();
  await comesUp(
    await startFleet({ roles: ["gateway,worker,api"], postgres, wait: false }),
    postgres,
  );
  await postgres.kill9();
}, 60_000);

test("Redis is away at the start", async () => {
  const redis = await startRedis();
  await redis.stop();
  await comesUp(await startFleet({ roles: ["gateway,worker,api"], redis, wait: false }), redis);
  await redis.kill9();
}, 60_000);
