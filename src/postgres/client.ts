/** Connections to Postgres. */
import postgres from "postgres";
import { TYPES } from "./types.ts";

export type Sql = postgres.Sql;
export type Transaction = postgres.TransactionSql;

const CONNECT_TIMEOUT_SECONDS = 5;

/**
 * Seconds until the next try to connect: Postgres comes back within a second or two of a restart.
 */
function reconnectSeconds(attempt: number): number {
  return Math.min(0.05 * 2 ** Math.min(attempt, 4), 0.5) * (0.5 + Math.random() / 2);
}

/** A pool for reads and cold writes. Every query has a deadline, kept by Postgres. */
export function openPool(url: string, name: string, connections: number, deadlineMs: number): Sql {
  return postgres(url, {
    max: connections,
    idle_timeout: 0,
    max_lifetime: 60 * 30,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: reconnectSeconds,
    connection: { application_name: name, statement_timeout: deadlineMs },
    types: TYPES,
    onnotice: () => {},
  });
}

/**
 * The writer's own connection: one, for ever. What it commits is fenced by the session
 * (transfer/writer-lock.ts), so a silent reconnect must not go unnoticed.
 */
export function openWriterConnection(url: string): Sql {
  return postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: reconnectSeconds,
    connection: { application_name: "linnet writer", synchronous_commit: "on" },
    types: TYPES,
    onnotice: () => {},
  });
}

/** An array as the text that Postgres reads; ids need no quoting. */
export function idArray(ids: readonly (number | string)[]): string {
  return `{${ids.join(",")}}`;
}

/** The SQLSTATE of a failed query, or the driver's own code, or "". */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code);
}
