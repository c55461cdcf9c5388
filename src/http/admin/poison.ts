/** Administration of records that could not be stored: looked at, tried again, forgotten. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../../postgres/client.ts";
import { readRawRecord, type RecordFields } from "../../transfer/record.ts";
import { CODE } from "../../wire/errors.ts";
import { Done, type Outcome, Refusal } from "../answer.ts";
import type { ChangeParts } from "../change.ts";
import { limitField, positionField } from "../fields.ts";
import { type AdminCalls, pageOf } from "./calls.ts";

type Parts = ChangeParts & { sql: Sql };

const ONE = z.object({ id: z.int().min(1).openapi({ description: "Id of the record" }) });

const RECORD = z.object({
  id: z.int(),
  at: z.int(),
  error: z.string(),
  cmd: z.int(),
  from: z.string(),
  conversationId: z.string(),
  localId: z.string(),
  bytes: z.int(),
});

export function addAdminPoison(calls: AdminCalls, parts: Parts): void {
  calls.add({
    method: "get",
    path: "poison",
    summary: "Records that could not be stored, in pages",
    input: z.object({
      cursor: positionField("That of the page before").optional(),
      limit: limitField(),
    }),
    target: [],
    data: z.object({ records: z.array(RECORD), cursor: z.string() }),
    handle: ({ cursor = 0, limit }) => list(parts.sql, cursor, limit),
  });
  calls.add({
    method: "post",
    path: "poison/replay",
    summary: "Append a record to the stream once more; it is forgotten when it is stored",
    input: ONE,
    example: { id: 1 },
    target: ["id"],
    data: z.null(),
    handle: ({ id }) => replay(parts, id),
  });
  calls.add({
    method: "post",
    path: "poison/forget",
    summary: "Forget a record: what it said is lost",
    input: ONE,
    example: { id: 1 },
    target: ["id"],
    data: z.null(),
    handle: async ({ id }) => {
      const rows = await parts.sql`DELETE FROM poison WHERE id = ${id} RETURNING id`;
      return rows.length > 0 ? new Done(null) : none(id);
    },
  });
}

interface PoisonRow {
  id: number;
  at: number;
  error: string;
  record: Buffer;
}

async function list(sql: Sql, cursor: number, limit: number): Promise<Outcome> {
  const rows = await sql<PoisonRow[]>`
    SELECT id, floor(extract(epoch FROM created_at) * 1000)::int8 AS at, error, record
    FROM poison WHERE id > ${cursor} ORDER BY id LIMIT ${limit + 1}`;
  const page = pageOf(rows, limit, ({ id }) => id);
  const records = page.rows.map(({ id, at, error, record: bytes }) => {
    const record = readRawRecord(bytes);
    return {
      id,
      at,
      error,
      cmd: record?.cmd ?? 0,
      from: record?.from ?? "",
      conversationId: String(record?.conversationId ?? 0),
      localId: record?.localId ?? "",
      bytes: bytes.length,
    };
  });
  return new Done({ records, cursor: page.cursor });
}

/** The same key as the first time: what was sent again meanwhile is not stored twice. */
async function replay({ sql, requests }: Parts, id: number): Promise<Outcome> {
  const [row] = await sql<{ record: Buffer }[]>`SELECT record FROM poison WHERE id = ${id}`;
  if (row === undefined) return none(id);
  const record = readRawRecord(row.record);
  if (record === undefined) return new Refusal(CODE.storeFailed, "the record can't be read");
  const outcome = await requests.change(asFields(record));
  if (outcome.code !== CODE.ok) return new Refusal(outcome.code, outcome.message);
  await sql`DELETE FROM poison WHERE id = ${id}`;
  return new Done(null);
}

function asFields(record: NonNullable<ReturnType<typeof readRawRecord>>): RecordFields {
  const { content, options } = record;
  return {
    ...record,
    content: { bytes: content, start: 0, end: content.length },
    options: { bytes: options, start: 0, end: options.length },
  };
}

function none(id: number): Refusal {
  return new Refusal(CODE.notFound, `there is no record ${id}`);
}
