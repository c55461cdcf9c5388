/** The one place that joins the parts of a process, by its roles. */
import { Registry } from "prom-client";
import { pause } from "../base/backoff.ts";
import { systemClock } from "../base/clock.ts";
import { KeyedHash } from "../base/hash.ts";
import { createLog } from "../base/log.ts";
import { Tokens } from "../base/token.ts";
import { Access } from "../filter/access.ts";
import { openPool } from "../postgres/client.ts";
import { migrateDatabase } from "../postgres/migrate.ts";
import { type DatabaseSettings, loadSettings } from "../postgres/settings.ts";
import { openRedis } from "../redis/client.ts";
import { composeGateway } from "./compose-gateway.ts";
import { composeWorker } from "./compose-worker.ts";
import type { Config } from "./config.ts";

/** What all roles of a process share. */
export type Shared = ReturnType<typeof shareParts> & { settings: DatabaseSettings };

export interface Running {
  port: number;
  gatewayId: string;
  /** Finishes what was taken, tells clients to come back, and gives everything back. */
  stop(): Promise<void>;
}

/** Waits for Postgres and Redis, however long they take, and starts the roles. */
export async function start(config: Config): Promise<Running> {
  const parts = shareParts(config);
  const { log, sql, redis } = parts;
  const settings = await prepared(parts);
  const shared = { ...parts, settings };
  const worker = config.roles.has("worker") ? composeWorker(shared) : undefined;
  worker?.start();
  const gateway = await composeGateway(shared);
  log.info({ port: gateway.port, roles: [...config.roles] }, "ready");
  return {
    port: gateway.port,
    gatewayId: parts.gatewayId,
    async stop() {
      await gateway.stop();
      await worker?.stop();
      redis.close();
      await sql.end({ timeout: 1 });
    },
  };
}

function shareParts(config: Config) {
  const { values } = config;
  const gatewayId = Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex");
  const log = createLog(values.LINNET_LOG_LEVEL, gatewayId);
  const seed = crypto.getRandomValues(new Int32Array(1))[0] as number;
  const accessLimits = {
    grantSlots: values.LINNET_GRANT_SLOTS,
    userEntries: values.LINNET_USER_ENTRIES,
    strangerMessages: values.LINNET_STRANGER_MESSAGES,
  };
  return {
    config,
    gatewayId,
    log,
    clock: systemClock,
    registry: new Registry(),
    sql: openPool(
      values.DATABASE_URL,
      "linnet",
      values.LINNET_POOL_CONNECTIONS,
      values.LINNET_QUERY_MS,
    ),
    redis: openRedis(values.REDIS_URL, `linnet-${gatewayId}`, log),
    newAccess: () => new Access(systemClock, accessLimits, seed),
  };
}

/** Tables up to date, settings read, Redis reached: tried until it works. */
async function prepared(parts: ReturnType<typeof shareParts>): Promise<DatabaseSettings> {
  const { config, sql, redis, log } = parts;
  for (;;) {
    try {
      await migrateDatabase(config.values.DATABASE_URL);
      const settings = await loadSettings(sql);
      await redis.command(["PING"]);
      return settings;
    } catch (error) {
      log.warn({ error: String(error) }, "waiting for Postgres and Redis");
      await pause(RETRY_MS);
    }
  }
}

const RETRY_MS = 500;

export function tokensOf(shared: Shared): Tokens {
  const { config, settings } = shared;
  const own = { id: "db", secret: settings.tokenKey };
  return new Tokens(config.tokenKeys.length > 0 ? config.tokenKeys : [own]);
}

export function keyedHash(shared: Shared): KeyedHash {
  return new KeyedHash(shared.settings.dedupeSeed);
}
