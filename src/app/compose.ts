/** The one place that joins the parts of a process, by its roles. */
import { collectDefaultMetrics } from "prom-client";
import { pause } from "../base/backoff.ts";
import { migrateDatabase } from "../postgres/migrate.ts";
import { type DatabaseSettings, loadSettings } from "../postgres/settings.ts";
import { serveAdmin } from "./admin-server.ts";
import { composeGateway } from "./compose-gateway.ts";
import { composeWorker } from "./compose-worker.ts";
import { type Config, ConfigError } from "./config.ts";
import { provideNativeBytes } from "../wire/native-bytes.ts";
import { Readiness } from "./readiness.ts";
import { checkRedis } from "./redis-bounds.ts";
import { type SharedParts, shareParts } from "./shared.ts";

export interface Running {
  /** The public port; 0 in a process that serves nobody. */
  port: number;
  adminPort: number;
  gatewayId: string;
  /** Finishes what was taken, tells clients to come back, and gives everything back. */
  stop(): Promise<void>;
}

/** Waits for Postgres and Redis, however long they take, and starts the roles. */
export async function start(config: Config): Promise<Running> {
  provideNativeBytes(Buffer.prototype);
  const parts = shareParts(config);
  const { gatewayId, log, registry, sql, redis } = parts;
  const { values, roles } = config;
  collectDefaultMetrics({ register: registry });
  const readiness = new Readiness(sql, [redis]);
  const health = { ready: () => readiness.reasons(), registry };
  const admin = serveAdmin(health, values.LINNET_ADMIN_HOST, values.LINNET_ADMIN_PORT);
  const settings = await prepared(parts);
  const shared = { ...parts, settings };
  const serves = roles.has("gateway") || roles.has("api");
  const gateway = serves ? await composeGateway(shared, readiness) : undefined;
  const worker = roles.has("worker") ? composeWorker(shared, gateway?.local) : undefined;
  worker?.start();
  const ticks = setInterval(() => readiness.tick(), TICK_MS);
  readiness.started();
  const ports = { port: gateway?.port ?? 0, adminPort: admin.port };
  log.info({ ...ports, roles: [...roles] }, "ready");
  return {
    ...ports,
    gatewayId,
    async stop() {
      readiness.draining();
      // The worker goes last: what this gateway has taken may be answered by no other yet.
      await gateway?.stop();
      await worker?.stop();
      clearInterval(ticks);
      await admin.stop();
      redis.close();
      await sql.end({ timeout: 1 });
    },
  };
}

const TICK_MS = 1000;

/** Tables up to date, settings read, Redis reached: tried until it works. */
async function prepared(parts: SharedParts): Promise<DatabaseSettings> {
  const { config, sql, redis, log } = parts;
  for (;;) {
    try {
      await migrateDatabase(config.values.DATABASE_URL);
      const settings = await loadSettings(sql);
      await checkRedis(redis, config, log);
      return settings;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      log.warn({ error: String(error) }, "waiting for Postgres and Redis");
      await pause(RETRY_MS);
    }
  }
}

const RETRY_MS = 500;
