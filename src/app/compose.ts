/** The one place that joins the parts of a process, by its roles. */
import { pause } from "../base/backoff.ts";
import { migrateDatabase } from "../postgres/migrate.ts";
import { type DatabaseSettings, loadSettings } from "../postgres/settings.ts";
import { composeGateway } from "./compose-gateway.ts";
import { composeWorker } from "./compose-worker.ts";
import type { Config } from "./config.ts";
import { type SharedParts, shareParts } from "./shared.ts";

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

/** Tables up to date, settings read, Redis reached: tried until it works. */
async function prepared(parts: SharedParts): Promise<DatabaseSettings> {
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
