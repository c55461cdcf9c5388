/** The Postgres and the Redis of a proof: private ones that can be killed, or given ones. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "redis";
import postgres from "postgres";
import { pause } from "../../src/base/backoff.ts";
import { startPostgres, startRedis, type TestService } from "../support/services.ts";

export type Redis = ReturnType<typeof openRedis>;

export class Backing {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Undefined where it was given: it can't be killed then. */
  readonly postgres: TestService | undefined;
  readonly redis: TestService | undefined;
  readonly sql: postgres.Sql;

  private constructor(
    databaseUrl: string,
    redisUrl: string,
    postgresService: TestService | undefined,
    redisService: TestService | undefined,
  ) {
    this.databaseUrl = databaseUrl;
    this.redisUrl = redisUrl;
    this.postgres = postgresService;
    this.redis = redisService;
    this.sql = postgres(databaseUrl, {
      max: 2,
      connect_timeout: 3,
      onnotice: () => {},
      connection: { application_name: "prove" },
      types: { bigint: INTEGERS },
    });
  }

  static async open(databaseUrl?: string, redisUrl?: string): Promise<Backing> {
    const [postgresService, redisService] = await Promise.all([
      databaseUrl === undefined ? startPostgres({ durable: true }) : undefined,
      redisUrl === undefined ? startRedis() : undefined,
    ]);
    return new Backing(
      databaseUrl ?? postgresService?.url ?? "",
      redisUrl ?? redisService?.url ?? "",
      postgresService,
      redisService,
    );
  }

  /** A connection past all proxies; opened anew for each use, since Redis is killed often. */
  async withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = openRedis(this.redisUrl);
    redis.on("error", () => {});
    await redis.connect();
    try {
      return await use(redis);
    } finally {
      redis.destroy();
    }
  }

  /** Reads until it works: a connection that began while Postgres was killed fails once more. */
  async read<T>(query: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await query(this.sql);
      } catch (error) {
        if (attempt === READS_MAX) throw error;
        await pause(200);
      }
    }
  }

  async restartRedis(empty: boolean): Promise<void> {
    const { redis } = this;
    if (redis === undefined) return;
    if (empty) rmSync(join(redis.dataDir, "appendonlydir"), { recursive: true, force: true });
    await redis.restart();
  }

  async close(): Promise<void> {
    await this.sql.end({ timeout: 2 });
    await this.postgres?.stop();
    await this.redis?.stop();
  }
}

function openRedis(url: string) {
  return createClient({ url, RESP: 2, socket: { reconnectStrategy: false } });
}

const READS_MAX = 30;

/** Numbers where they are exact; ids of messages are read as text by a cast. */
const INTEGERS = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (text: string) => Number(text),
};
