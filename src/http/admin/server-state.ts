/** Administration of the server itself: what lives, what waits, and who did what. */
import { z } from "@hono/zod-openapi";
import { gatewayStates } from "../../delivery/gateway-state.ts";
import type { Sql } from "../../postgres/client.ts";
import type { RedisConnection } from "../../redis/client.ts";
import { STREAM, STREAM_BYTES } from "../../redis/keys.ts";
import { Done, type Outcome } from "../answer.ts";
import { limitField, positionField, textField } from "../fields.ts";
import { type AdminCalls, pageById } from "./calls.ts";

interface Parts {
  sql: Sql;
  redis: RedisConnection;
  epoch: string;
}

const STATE = z.object({
  epoch: z.string(),
  gateways: z.array(
    z.object({
      gatewayId: z.string(),
      version: z.string(),
      connections: z.int(),
      startedAt: z.int(),
    }),
  ),
  connections: z.int(),
  writer: z
    .object({ since: z.int(), lastActive: z.int(), address: z.string() })
    .nullable()
    .openapi({ description: "The session that writes; null: none does" }),
  stream: z
    .object({ entries: z.int(), bytes: z.int() })
    .nullable()
    .openapi({ description: "What is not settled; null: Redis is away" }),
  poison: z.int().openapi({ description: "Records that can't be stored" }),
  outbox: z.int().openapi({ description: "Events that the host application was not told of" }),
  versions: z.object({ postgres: z.string(), redis: z.string(), bun: z.string() }),
});

const LOG = z.object({
  actor: textField("Only his").optional(),
  cursor: positionField("That of the page before").optional(),
  limit: limitField(),
});

export function addAdminServer(calls: AdminCalls, parts: Parts): void {
  calls.add({
    method: "get",
    path: "server",
    summary: "What lives and what waits",
    input: z.object({}),
    target: [],
    data: STATE,
    handle: () => state(parts),
  });
  calls.add({
    method: "get",
    path: "log",
    summary: "Who did what, the newest first",
    input: LOG,
    target: ["actor"],
    data: z.object({
      acts: z.array(
        z.object({
          at: z.int(),
          actor: z.string(),
          call: z.string(),
          target: z.string().openapi({ description: "What it was about, as JSON" }),
          outcome: z.int().nullable().openapi({ description: "null: not known" }),
        }),
      ),
      cursor: z.string(),
    }),
    handle: (input) => acts(parts.sql, input),
  });
}

async function state({ sql, redis, epoch }: Parts): Promise<Outcome> {
  const [[counts], [writer], [server], outbox] = await Promise.all([
    sql<{ poison: number }[]>`SELECT count(*)::int AS poison FROM poison`,
    // As transfer/writer-lock.ts takes it.
    sql`
      SELECT floor(extract(epoch FROM a.backend_start) * 1000)::int8 AS since,
        floor(extract(epoch FROM a.state_change) * 1000)::int8 AS "lastActive",
        coalesce(host(a.client_addr), '') AS address
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 76 AND l.objid = 1
        AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    sql<{ server_version: string }[]>`SHOW server_version`,
    outboxSize(sql),
  ]);
  const waiting = redis.ready ? await redisState(redis) : undefined;
  const gateways = waiting?.gateways ?? [];
  return new Done({
    epoch,
    gateways,
    connections: gateways.reduce((sum, gateway) => sum + gateway.connections, 0),
    writer: writer ?? null,
    stream: waiting?.stream ?? null,
    poison: counts?.poison ?? 0,
    outbox,
    versions: {
      postgres: server?.server_version ?? "",
      redis: waiting?.version ?? "",
      bun: Bun.version,
    },
  });
}

async function redisState(redis: RedisConnection) {
  const [gateways, entries, bytes, info] = await Promise.all([
    gatewayStates(redis),
    redis.command<number>(["XLEN", STREAM]),
    redis.command<Buffer | null>(["GET", STREAM_BYTES]),
    redis.command<Buffer>(["INFO", "server"]),
  ]);
  const stream = { entries, bytes: Number(bytes?.toString() ?? 0) };
  const version = /redis_version:(\S+)/.exec(info.toString())?.[1] ?? "";
  return { gateways, stream, version };
}

/** Exact up to a bound: a count of a table that grew for a day would take its time. */
async function outboxSize(sql: Sql): Promise<number> {
  const [row] = await sql<{ waiting: number }[]>`
    SELECT count(*)::int AS waiting FROM (SELECT FROM outbox LIMIT 100000) o`;
  return row?.waiting ?? 0;
}

async function acts(sql: Sql, input: z.infer<typeof LOG>): Promise<Outcome> {
  const { actor = null, cursor = null, limit } = input;
  const rows = await sql<{ id: number }[]>`
    SELECT id, floor(extract(epoch FROM at) * 1000)::int8 AS at, actor, call, target, outcome
    FROM admin_log
    WHERE (${cursor}::int8 IS NULL OR id < ${cursor}::int8)
      AND (${actor}::text IS NULL OR actor = ${actor}::text)
    ORDER BY id DESC LIMIT ${limit + 1}`;
  const page = pageById(rows, limit);
  return new Done({ acts: page.rows, cursor: page.cursor });
}
