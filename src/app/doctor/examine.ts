/** Everything the doctor looks at, in the order in which it is told. */
import { systemClock } from "../../base/clock.ts";
import { createLog } from "../../base/log.ts";
import { withDeadline } from "../../base/deadline.ts";
import { livingGateways } from "../../delivery/presence.ts";
import { openPool } from "../../postgres/client.ts";
import { reachRedis, openRedis } from "../../redis/client.ts";
import { isClusterUrl } from "../../redis/cluster.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { redisNeeds } from "../redis-bounds.ts";
import { compareClock } from "./clock.ts";
import { type Finding, ok, wrong } from "./finding.ts";
import { judgeLimits, readLimits } from "./limits.ts";
import { examinePostgres } from "./postgres.ts";
import { measureProxy, proxyAdvice } from "./proxy.ts";
import { judgeRedis, readInfos } from "./redis.ts";

const DEADLINE_MS = 8000;

export interface ExamineOptions {
  /** Where a proxy listens, to measure it. */
  url?: string;
  idleMs?: number;
}

export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  options: ExamineOptions = {},
): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [wrong("Settings", error.message, "docs/configuration.md lists them")];
  }
  const { values } = config;
  const heartbeatMs = values.LINNET_HEARTBEAT_MS;
  const idleMs = options.idleMs ?? heartbeatMs + 5000;
  return [
    ok("Settings", "understood"),
    ...(await examinePostgres(values.DATABASE_URL, values.LINNET_POOL_CONNECTIONS)),
    ...(await examineRedis(config)),
    ...(await examineClocks(config)),
    ...judgeLimits(readLimits(), values.LINNET_CONNECTIONS_MAX),
    options.url === undefined
      ? proxyAdvice(heartbeatMs)
      : await measureProxy(options.url, values.LINNET_APP_KEY, idleMs),
  ];
}

async function examineRedis({ values }: Config): Promise<Finding[]> {
  try {
    return await withRedis(values.REDIS_URL, async (redis) => {
      const gateways = Math.max(1, (await livingGateways(redis)).length);
      const needs = redisNeeds(values, gateways);
      return judgeRedis(await readInfos(redis), needs, isClusterUrl(values.REDIS_URL));
    });
  } catch (error) {
    const mend = 'redis-cli -u "$REDIS_URL" PING and mend what it says';
    return [wrong("Redis", `can't be asked (${reasonOf(error)})`, mend)];
  }
}

/** A part that is away was told of already. */
async function examineClocks({ values }: Config): Promise<Finding[]> {
  const clocks = [
    compareClock("Redis", systemClock, () =>
      withRedis(values.REDIS_URL, async (redis) => {
        const [seconds, micros] = await redis.command<[Buffer, Buffer]>(["TIME"]);
        return Number(seconds.toString()) * 1000 + Number(micros.toString()) / 1000;
      }),
    ),
    compareClock("Postgres", systemClock, async () => {
      const sql = openPool(values.DATABASE_URL, "linnet doctor", 1, DEADLINE_MS);
      try {
        const [row] = await sql<{ ms: number }[]>`
          SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
        return row?.ms ?? 0;
      } finally {
        await sql.end({ timeout: 1 });
      }
    }),
  ];
  const settled = await Promise.allSettled(clocks);
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

async function withRedis<T>(
  url: string,
  use: (redis: ReturnType<typeof openRedis>) => Promise<T>,
): Promise<T> {
  const redis = openRedis(url, "linnet-doctor", createLog("silent", "doctor"));
  try {
    await withDeadline(reachRedis(redis, DEADLINE_MS / 2), DEADLINE_MS / 2);
    return await withDeadline(use(redis), DEADLINE_MS);
  } finally {
    redis.close();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
