/** BROADCAST (4): the host application tells many users, or all; done in the background. */
import { z } from "@hono/zod-openapi";
import { keptOptions } from "../path/broadcast-message.ts";
import type { Requests } from "../path/requests.ts";
import { SYSTEM_SENDER } from "../path/system-sender.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { createInbound } from "../wire/inbound.ts";
import type { Inbound, Slice } from "../wire/frame.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { usersNamed } from "./auth.ts";
import type { Endpoints } from "./endpoints.ts";
import { framedField, framedRequiredField, namesField, positionField } from "./fields.ts";
import { checkMessage, flat, readMessage, type SendLimits } from "./send.ts";

const PATH = "/openapi/v1/broadcast";

const BROADCAST = z.object({
  userIds: namesField("To these; absent: to everybody who is registered now").optional(),
  type: framedField("integer", "Message type; 1 is text").optional(),
  content: framedField("object", "`text`, `items`, `quote`, `extension`").optional(),
  control: framedField("object", "`ttl`, `push` and more").optional(),
  options: framedField("object", "`bizType`, `bizId`, `custom`, `extra`").optional(),
  localId: framedRequiredField("string", "Your own id of the broadcast: sent again, it is one"),
});

const MADE = z.object({ broadcastId: z.string(), duplicate: z.boolean().optional() });

const QUERY = z.object({ id: positionField("Id of the broadcast") });

const PROGRESS = z.object({
  broadcastId: z.string(),
  total: z.int(),
  sent: z.int(),
  refused: z.int(),
  finished: z.boolean(),
  createdAt: z.int(),
  finishedAt: z.int().optional(),
});

interface Parts {
  sql: Sql;
  requests: Requests;
  limits: SendLimits;
  /** Told that there is a new one. */
  broadcastMade: () => void;
}

export function addBroadcast(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "post",
    path: PATH,
    tag: "messages",
    summary: "Tell many users, or all, in the background",
    access: "application",
    input: BROADCAST,
    example: { type: 1, content: { text: "We are back" }, localId: "notice-1" },
    data: MADE,
    handle: (input) => broadcast(parts, input),
  });
  endpoints.add({
    method: "get",
    path: PATH,
    tag: "messages",
    summary: "How far a broadcast has come",
    access: "application",
    input: QUERY,
    data: PROGRESS,
    handle: ({ id }) => progress(parts.sql, id),
  });
}

async function broadcast(parts: Parts, input: z.infer<typeof BROADCAST>): Promise<Outcome> {
  const message = createInbound();
  const { userIds, ...said } = input;
  const code = readMessage({ ...said, cmd: CMD.sysNotify }, true, message);
  if (code !== 0) return new Refusal(code, flat(message.problem));
  const problem = checkMessage(message, true, parts.limits);
  if (problem !== undefined) return problem;
  if (message.sendAt !== 0) {
    return new Refusal(CODE.unsupported, "body.control.sendAt: not in broadcasts");
  }
  // In nobody's conversation yet. Afterwards its content and options are what each is sent.
  message.conversationId = 0;
  const checked = await parts.requests.check(message, SYSTEM_SENDER);
  if ("kind" in checked) {
    // Words that are refused by now may have been said before.
    const before =
      checked.code === CODE.contentRefused ? await known(parts.sql, message) : undefined;
    return before ?? new Refusal(checked.code, flat(checked.message));
  }
  const named =
    userIds === undefined ? undefined : await usersNamed(parts.sql, userIds, "body.userIds");
  if (named instanceof Refusal) return named;
  const made = await insert(parts.sql, message, named && [...new Set(named)]);
  if (made !== undefined) {
    parts.broadcastMade();
    return new Done({ broadcastId: String(made) });
  }
  return (await known(parts.sql, message)) ?? new Refusal(CODE.unavailable);
}

async function insert(
  sql: Sql,
  message: Inbound,
  userIds: readonly number[] | undefined,
): Promise<number | undefined> {
  const { type, ttl, localId, content } = message;
  const named = userIds === undefined ? null : `{${userIds.join(",")}}`;
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO broadcasts
      (local_id, type, ttl, content, options, user_ids, last_user_id, total)
    SELECT ${localId}, ${type}, ${ttl}, ${bytesOf(content)},
      ${bytesOf(keptOptions(message))},
      ${named}::text::int8[], coalesce(max(id), 0),
      coalesce(cardinality(${named}::text::int8[]), count(*)) FROM users
    ON CONFLICT (local_id) DO NOTHING RETURNING id`;
  return row?.id;
}

/** Sent again: the same one, or another under its localId; undefined: none. */
async function known(sql: Sql, message: Inbound): Promise<Outcome | undefined> {
  const [row] = await sql<{ id: number; type: number; content: Buffer }[]>`
    SELECT id, type, content FROM broadcasts WHERE local_id = ${message.localId}`;
  if (row === undefined) return undefined;
  if (row.type !== message.type || !row.content.equals(bytesOf(message.content))) {
    return new Refusal(CODE.conflict);
  }
  return new Done({ broadcastId: String(row.id), duplicate: true });
}

async function progress(sql: Sql, id: number): Promise<Outcome> {
  const [row] = await sql<
    { total: number; sent: number; refused: number; created_at: Date; finished_at: Date | null }[]
  >`SELECT total, sent, refused, created_at, finished_at FROM broadcasts WHERE id = ${id}`;
  if (row === undefined) return new Refusal(CODE.notFound, `query.id: there is no broadcast ${id}`);
  const { total, sent, refused, created_at: createdAt, finished_at: finishedAt } = row;
  return new Done({
    broadcastId: String(id),
    total,
    sent,
    refused,
    finished: finishedAt !== null,
    createdAt: createdAt.getTime(),
    ...(finishedAt === null ? {} : { finishedAt: finishedAt.getTime() }),
  });
}

function bytesOf({ bytes, start, end }: Slice): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}
