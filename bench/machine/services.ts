// Postgres and Redis of a run's own: durable as in production, gone when the run is over.
import { chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { createClient } from "redis";
import { postgresAccount } from "../../src/app/up/account.ts";
import { freePort } from "../../src/app/up/ports.ts";
import { postgresUrl, startPostgres, stopPostgres } from "../../src/app/up/postgres.ts";
import { type Child, endsWithin } from "../../src/app/up/processes.ts";
import { redisUrl, startRedis } from "../../src/app/up/redis.ts";
import { findRedis, planRedis } from "../../src/app/up/redis-binary.ts";
import { CHECKOUT } from "./cores.ts";

export interface Services {
  readonly databaseUrl: string;
  readonly limitsDatabaseUrl: string;
  readonly redisUrl: string;
  readonly postgresPid: number;
  readonly redisPid: number;
  readonly versions: { postgres: string; redis: string; bun: string };
  readonly durability: { fsync: string; synchronousCommit: string };
  readonly folder: string;
  /** So that no measured second pays for the pages that an earlier one dirtied. */
  checkpoint(): Promise<void>;
  /** So that none pays for the upkeep of what was made beforehand, many rows at once. */
  vacuum(): Promise<void>;
  rows(): Promise<Record<string, number>>;
  resetRedisStatistics(): Promise<void>;
  redisStatistics(): Promise<RedisStatistics>;
  stop(): Promise<void>;
}

export interface RedisStatistics {
  /** Calls and microseconds by command. */
  readonly commands: Readonly<Record<string, { calls: number; micros: number }>>;
  /** Entries ever added to the server's stream. */
  readonly entriesAdded: number;
}

export async function startServices(): Promise<Services> {
  // A TMPDIR of root's may be closed to the account that Postgres runs as.
  const root = process.getuid?.() === 0 ? "/tmp" : tmpdir();
  const folder = mkdtempSync(join(root, "linnet-bench-"));
  const account = postgresAccount();
  mkdirSync(join(folder, "postgres"));
  if (account !== null) {
    chownSync(folder, account.uid, account.gid);
    chownSync(join(folder, "postgres"), account.uid, account.gid);
  }
  const pg = {
    checkout: CHECKOUT,
    dataDir: join(folder, "postgres", "data"),
    logPath: join(folder, "postgres.log"),
    port: await freePort(),
    password: crypto.randomUUID(),
    account,
    durable: true,
    deathSignal: "SIGQUIT" as const,
  };
  const postgresChild = await startPostgres(pg);
  const rd = {
    binary: redisBinary(),
    dataDir: join(folder, "redis"),
    logPath: join(folder, "redis.log"),
    port: await freePort(),
    password: crypto.randomUUID(),
    deathSignal: "SIGKILL" as const,
  };
  const redisChild = await startRedis(rd);
  return await connect(folder, postgresUrl(pg), redisUrl(rd), postgresChild, redisChild);
}

function redisBinary() {
  const state = join(CHECKOUT, ".linnet");
  const binary = findRedis(state) ?? planRedis(state)?.carryOut();
  if (binary === undefined) throw new Error("no redis-server here; install Redis 7 or newer");
  return binary;
}

const STREAM = "{linnet}:stream";
const COUNTED = ["messages", "inbox", "events"] as const;

async function connect(
  folder: string,
  databaseUrl: string,
  redisAddress: string,
  postgresChild: Child,
  redisChild: Child,
): Promise<Services> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql`CREATE DATABASE limits`;
  const limitsUrl = new URL(databaseUrl);
  limitsUrl.pathname = "/limits";
  const redis = createClient({ url: redisAddress, RESP: 2 });
  redis.on("error", () => {});
  await redis.connect();
  const info = (await redis.sendCommand(["INFO", "server"])) as unknown as string;
  const shown = async (name: string) =>
    String((await sql.unsafe(`SHOW ${name}`))[0]?.[name] ?? "unknown");
  return {
    databaseUrl,
    limitsDatabaseUrl: limitsUrl.href,
    redisUrl: redisAddress,
    postgresPid: postgresChild.pid,
    redisPid: redisChild.pid,
    versions: {
      postgres: await shown("server_version"),
      redis: /redis_version:(\S+)/.exec(info)?.[1] ?? "unknown",
      bun: Bun.version,
    },
    durability: {
      fsync: await shown("fsync"),
      synchronousCommit: await shown("synchronous_commit"),
    },
    folder,
    async checkpoint() {
      await sql`CHECKPOINT`;
    },
    async vacuum() {
      await sql`VACUUM (ANALYZE)`;
    },
    async rows() {
      const counts: Record<string, number> = {};
      for (const table of COUNTED) {
        const [there] = await sql`SELECT to_regclass(${table}) IS NOT NULL AS there`;
        const [row] = there?.["there"] ? await sql`SELECT count(*) AS n FROM ${sql(table)}` : [];
        counts[table] = Number(row?.["n"] ?? 0);
      }
      return counts;
    },
    async resetRedisStatistics() {
      await redis.sendCommand(["CONFIG", "RESETSTAT"]);
    },
    async redisStatistics() {
      const text = (await redis.sendCommand(["INFO", "commandstats"])) as unknown as string;
      const pattern = /cmdstat_(\S+):calls=(\d+),usec=(\d+)/g;
      const commands: Record<string, { calls: number; micros: number }> = {};
      for (const [, name, calls, micros] of text.matchAll(pattern)) {
        commands[name as string] = { calls: Number(calls), micros: Number(micros) };
      }
      return { commands, entriesAdded: await entriesAdded(redis) };
    },
    async stop() {
      await sql.end({ timeout: 1 });
      redis.destroy();
      await stopPostgres(postgresChild);
      // What it holds is thrown away, so it need not be written out.
      redisChild.signal("SIGKILL");
      await endsWithin(redisChild, 5_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function entriesAdded(redis: { sendCommand(args: string[]): Promise<unknown> }) {
  if ((await redis.sendCommand(["EXISTS", STREAM])) === 0) return 0;
  const fields = (await redis.sendCommand(["XINFO", "STREAM", STREAM])) as unknown[];
  const at = fields.findIndex((field) => String(field) === "entries-added");
  return Number(fields[at + 1] ?? 0);
}
