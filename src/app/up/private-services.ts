// The Postgres and Redis of `up`: found or got, started where the user named none, kept running.
import { postgresAccount } from "./account.ts";
import { type Memory, type Places, postgresDataFor } from "./places.ts";
import { freePortNear } from "./ports.ts";
import { endStalePostgres, postgresUrl, startPostgres, stopPostgres } from "./postgres.ts";
import { findRedis, planRedis } from "./redis-binary.ts";
import { type RedisBinary, endStaleRedis, redisUrl, startRedis, stopRedis } from "./redis.ts";
import { type Supervised, supervise } from "./supervise.ts";

export interface PrivateService {
  readonly url: string;
  readonly supervised: Supervised;
}

type Say = (line: string) => void;

export async function runPostgres(
  places: Places,
  memory: Memory,
  say: Say,
): Promise<PrivateService> {
  const account = postgresAccount();
  const dataDir = postgresDataFor(places, memory, account);
  await endStalePostgres(dataDir);
  memory.postgresPort = await freePortNear(memory.postgresPort);
  const options = {
    checkout: places.checkout,
    dataDir,
    logPath: places.postgresLog,
    port: memory.postgresPort,
    password: memory.postgresPassword,
    account,
    durable: true,
    deathSignal: "SIGINT",
  } as const;
  const as = account === null ? "" : ` as ${account.name}`;
  say(`Starting a private Postgres${as}, data in ${dataDir}`);
  const supervised = await supervise({
    name: "Postgres",
    start: () => startPostgres(options),
    stop: stopPostgres,
    say,
  });
  return { url: postgresUrl(options), supervised };
}

export async function runRedis(
  places: Places,
  memory: Memory,
  binary: RedisBinary,
  say: Say,
): Promise<PrivateService> {
  await endStaleRedis(places.redisData);
  memory.redisPort = await freePortNear(memory.redisPort);
  const options = {
    binary,
    dataDir: places.redisData,
    logPath: places.redisLog,
    port: memory.redisPort,
    password: memory.redisPassword,
    deathSignal: "SIGTERM",
  } as const;
  say(`Starting a private Redis (${binary.program}), data in ${places.redisData}`);
  const supervised = await supervise({
    name: "Redis",
    start: () => startRedis(options),
    stop: stopRedis,
    say,
  });
  return { url: redisUrl(options), supervised };
}

/** A redis-server, got through the package manager if need be; null when that is not wanted. */
export function obtainRedis(places: Places, mayInstall: boolean, say: Say): RedisBinary | null {
  const present = findRedis(places.stateDir);
  if (present !== null) return present;
  const plan = planRedis(places.stateDir);
  if (plan === null) {
    say("There is no redis-server here, and no package manager that this program knows.");
    say("Install Redis 7 or newer, or set REDIS_URL.");
    return null;
  }
  const commands = plan.commands.map((command) => `  ${command}`).join("\n");
  if (!mayInstall) {
    say(`There is no redis-server here. Get one with:\n${commands}\nor set REDIS_URL.`);
    return null;
  }
  say(`There is no redis-server here. Getting one, without a system service, as by:\n${commands}`);
  return plan.carryOut();
}
