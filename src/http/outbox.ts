/** Dead letters of the outbox: events that the host application did not take, shown and retried. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../postgres/client.ts";
import { Done, type Outcome } from "./answer.ts";
import type { Endpoints } from "./endpoints.ts";

const LIST_MAX = 500;

const LIST = z.object({
  after: z
    .string()
    .regex(/^\d{1,15}$/, "must be the eventId of an entry")
    .optional()
    .openapi({ description: "The last eventId of the page before" }),
});

const ENTRY = z.object({
  eventId: z.string(),
  event: z.string(),
  attempts: z.int(),
  error: z.string(),
  createdAt: z.int(),
});

const REPLAY = z.object({
  eventIds: z
    .array(z.string().regex(/^\d{1,15}$/, "must be an eventId"))
    .max(LIST_MAX)
    .optional()
    .openapi({ description: `Absent: the oldest ${LIST_MAX}` }),
});

export function addOutbox(endpoints: Endpoints, { sql }: { sql: Sql }): void {
  endpoints.add({
    method: "get",
    path: "/openapi/v1/outbox/dead",
    tag: "hooks",
    summary: "Events that were given up, oldest first",
    access: "application",
    input: LIST,
    data: z.object({ events: z.array(ENTRY), final: z.boolean() }),
    handle: (input) => list(sql, input.after ?? "0"),
  });
  endpoints.add({
    method: "post",
    path: "/openapi/v1/outbox/replay",
    tag: "hooks",
    summary: "Tell events again that were given up",
    access: "application",
    input: REPLAY,
    example: {},
    data: z.object({ replayed: z.int() }),
    handle: (input) => replay(sql, input.eventIds),
  });
}

async function list(sql: Sql, after: string): Promise<Outcome> {
  const rows = await sql<
    { id: string; event: string; attempts: number; error: string; created_ms: number }[]
  >`
    SELECT id::text, event, attempts, error,
      floor(extract(epoch FROM created_at) * 1000)::int8 AS created_ms
    FROM outbox WHERE dead_at IS NOT NULL AND id > ${after}::text::int8
    ORDER BY outbox.id LIMIT ${LIST_MAX + 1}`;
  const events = rows.slice(0, LIST_MAX).map((row) => ({
    eventId: row.id,
    event: row.event,
    attempts: row.attempts,
    error: row.error,
    createdAt: row.created_ms,
  }));
  return new Done({ events, final: rows.length <= LIST_MAX });
}

async function replay(sql: Sql, ids: readonly string[] | undefined): Promise<Outcome> {
  const wanted = ids === undefined ? null : `{${ids.join(",")}}`;
  const rows = await sql`
    UPDATE outbox SET dead_at = NULL, attempts = 0, error = '', due_at = now()
    WHERE id IN (
      SELECT id FROM outbox WHERE dead_at IS NOT NULL
        AND (${wanted}::text IS NULL OR id = ANY(${wanted}::text::int8[]))
      ORDER BY id LIMIT ${LIST_MAX})
    RETURNING 1`;
  return new Done({ replayed: rows.length });
}
