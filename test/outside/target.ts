/** What the outside checks run against: a server that is up, its Postgres and its Redis. */

import { readFileSync } from "node:fs";
import { RedisClient } from "bun";
import postgres from "postgres";

export interface Target {
  /** Base addresses of one or more gateways, as `http://host:port`. */
  urls: string[];
  appKey: string;
  databaseUrl: string;
  redisUrl: string;
  /** Ends every Postgres process at once; something else must start it again. */
  killPostgres?: () => Promise<void>;
  /** Restarts every server process; resolves when all gateways answer again. */
  restart?: () => Promise<void>;
  /** Rounds of K2; 30 unless told otherwise. */
  times?: number;
  /** Multiplies message counts and durations of the long checks; 1 unless told otherwise. */
  scale?: number;
  /** Seed of whatever is random; printed by the checks that use it. */
  seed?: number;
}

export type Check = (target: Target) => Promise<string[]>;

export type Sql = postgres.Sql;

/** Reads `NAME=value` lines as `up` writes them to `.linnet/env`. */
export function targetFromEnvFile(path: string): Target {
  const values = new Map<string, string>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Z_]+)=(.*)$/.exec(line);
    if (match) values.set(match[1] ?? "", unquote((match[2] ?? "").trim()));
  }
  const need = (name: string): string => {
    const value = values.get(name);
    if (value === undefined || value === "") throw new Error(`${path}: no ${name}`);
    return value;
  };
  return {
    urls: need("LINNET_URL").split(",").map(httpBase),
    appKey: need("LINNET_APP_KEY"),
    databaseUrl: need("DATABASE_URL"),
    redisUrl: need("REDIS_URL"),
  };
}

/** Takes `ws://host:port/ws` as well as `http://host:port/` for the same gateway. */
export function httpBase(address: string): string {
  const url = new URL(address.trim());
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  return `${secure ? "https" : "http"}://${url.host}`;
}

export function webSocketAddress(base: string): string {
  return `${base.replace(/^http/, "ws")}/ws`;
}

/** The gateway number `index`, counted round when there are fewer. */
export function gateway(target: Target, index: number): string {
  const url = target.urls[index % target.urls.length];
  if (url === undefined) throw new Error("the target has no gateway");
  return url;
}

export function openSql(target: Target, max = 2): Sql {
  return postgres(target.databaseUrl, { max, onnotice: () => {}, connect_timeout: 5 });
}

export function openRedis(target: Target): RedisClient {
  return new RedisClient(target.redisUrl);
}

/** A name that no earlier run has used, so that checks can share a database. */
export function runName(check: string): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `${check}-${Date.now().toString(36)}${random.toString(36)}`;
}

export function scaled(target: Target, count: number): number {
  return Math.max(1, Math.round(count * (target.scale ?? 1)));
}

function unquote(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  return match ? (match[2] ?? "") : value;
}
