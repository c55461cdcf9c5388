/**
 * `control.callback`: a URL of a message's own that is told what becomes of it. Rides on the
 * outbox, a line for each message.
 */
import { snowflakeText } from "../base/snowflake.ts";
import type { Transaction } from "../postgres/client.ts";
import type { BatchRows, EventRow, MessageRow } from "../store/batch.ts";
import { CMD } from "../wire/commands.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { readWishes, type Wishes } from "../wire/wishes.ts";
import type { HookTarget } from "./outbox.ts";

const TIMEOUT_DEFAULT_MS = 5000;
const TIMEOUT_MAX_MS = 30_000;
const TIMES_DEFAULT = 3;
const TIMES_MAX = 20;
const INTERVAL_DEFAULT_MS = 1000;
const INTERVAL_MAX_MS = 600_000;
const SIGN_TYPE = "HMAC-SHA256";

/** The events that a callback may name; absent: all of them. */
const CALLBACK_EVENTS = [
  "message.stored",
  "message.read",
  "message.recalled",
  "message.deleted",
  "message.edited",
] as const;

/** Why a message may not have the callback that it wishes for; undefined when it may. */
export function whyNoCallback(wishes: Wishes, allowed: readonly URL[]): string | undefined {
  const { callback } = wishes;
  if (callback === undefined) return undefined;
  const url = URL.parse(callback.url ?? "");
  if (url === null) return "control.callback.url: no URL";
  if (!allowed.some((one) => covers(one, url))) {
    return "control.callback.url: not among those that the operator allows";
  }
  const known: readonly string[] = CALLBACK_EVENTS;
  const unknown = callback.events?.find((name) => !known.includes(name));
  if (unknown !== undefined) return `control.callback.events: there is no event ${unknown}`;
  const signType = callback.security?.signType ?? "";
  if (signType !== "" && signType !== SIGN_TYPE) {
    return `control.callback.security.signType: only ${SIGN_TYPE}`;
  }
  return undefined;
}

function covers(allowed: URL, url: URL): boolean {
  if (allowed.origin !== url.origin || url.username !== "" || url.password !== "") return false;
  const path = allowed.pathname.endsWith("/") ? allowed.pathname : `${allowed.pathname}/`;
  return url.pathname === allowed.pathname || url.pathname.startsWith(path);
}

/** The messages of a batch that have a callback. */
export function calledBack(rows: readonly MessageRow[]): MessageRow[] {
  return rows.filter(({ wishes }) => wishes !== "" && readWishes(wishes).callback !== undefined);
}

export async function insertCallbacks(
  tx: Transaction,
  messages: readonly MessageRow[],
): Promise<void> {
  const rows = messages.map(({ id, conversationId, seq, senderId, wishes }) => {
    const callback = readWishes(wishes).callback ?? {};
    const asked = callback.events ?? [];
    const events = asked.length === 0 ? CALLBACK_EVENTS : asked;
    const target = JSON.stringify(targetOf(callback));
    return {
      id: snowflakeText(id),
      conversation_id: conversationId,
      seq,
      sender_id: senderId,
      target,
      events,
    };
  });
  await tx`
    WITH row AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS t(id int8, conversation_id int8, seq int8, sender_id int8, target text, events text[])
    ), kept AS (
      INSERT INTO callbacks (message_id, conversation_id, seq, sender_id, target, events)
      SELECT id, conversation_id, seq, sender_id, target, events FROM row
    )
    INSERT INTO outbox (line, event, message_id, target)
    SELECT 'm:' || id, 'message.stored', id, target FROM row
    WHERE 'message.stored' = ANY(events)`;
}

function targetOf(callback: NonNullable<Wishes["callback"]>): HookTarget {
  const { url = "", timeout, retry, security } = callback;
  return {
    url,
    secret: security?.token ?? "",
    timeoutMs: Math.min(timeout || TIMEOUT_DEFAULT_MS, TIMEOUT_MAX_MS),
    attemptsMax: 1 + Math.min(retry?.maxTimes ?? TIMES_DEFAULT, TIMES_MAX),
    firstRetryMs: Math.min(retry?.interval || INTERVAL_DEFAULT_MS, INTERVAL_MAX_MS),
  };
}

const EVENT_OF: Readonly<Record<number, string>> = {
  [CMD.recall]: "message.recalled",
  [CMD.delete]: "message.deleted",
  [CMD.edit]: "message.edited",
};

/** What the events of a batch say of messages that may have a callback. */
export function concerned({ events, cursors }: Pick<BatchRows, "events" | "cursors">) {
  const seen = new Set<string>();
  const changes: { event: string; event_id: string; message_id: string }[] = [];
  for (const row of events) {
    const event = EVENT_OF[row.cmd];
    if (event === undefined) continue;
    for (const messageId of messageIdsOf(row)) {
      if (seen.has(`${event}:${messageId}`)) continue;
      seen.add(`${event}:${messageId}`);
      changes.push({ event, event_id: snowflakeText(row.id), message_id: messageId });
    }
  }
  return { changes, cursors };
}

function messageIdsOf({ content, cmd }: EventRow): string[] {
  const { data } = contentOf({ bytes: content, start: 0, end: content.length }, cmd);
  const ids = data?.["messageIds"] ?? data?.["messageId"];
  const list: readonly unknown[] = Array.isArray(ids) ? ids : [ids];
  return list.map(String).filter((id) => /^\d{1,19}$/.test(id));
}

export async function insertConcerned(
  tx: Transaction,
  { changes, cursors }: ReturnType<typeof concerned>,
): Promise<void> {
  if (changes.length > 0) {
    await tx`
      INSERT INTO outbox (line, event, message_id, event_id, target)
      SELECT 'm:' || t.message_id, t.event, NULL, t.event_id, c.target
      FROM json_to_recordset(${JSON.stringify(changes)}::text::json)
        AS t(event text, event_id int8, message_id int8)
      JOIN callbacks c ON c.message_id = t.message_id AND t.event = ANY(c.events)`;
  }
  if (cursors.length === 0) return;
  const reads = cursors.map((row) => ({
    conversation_id: row.conversationId,
    user_id: row.userId,
    seq: row.readSeq,
  }));
  await tx`
    WITH told AS (
      UPDATE callbacks c SET read = true
      FROM json_to_recordset(${JSON.stringify(reads)}::text::json)
        AS t(conversation_id int8, user_id int8, seq int8)
      JOIN users u ON u.id = t.user_id
      WHERE c.conversation_id = t.conversation_id AND c.seq <= t.seq AND NOT c.read
        AND c.sender_id <> t.user_id AND 'message.read' = ANY(c.events)
      RETURNING c.message_id, c.target, c.conversation_id, t.seq, u.external_id AS reader
    )
    INSERT INTO outbox (line, event, body, target)
    SELECT 'm:' || message_id, 'message.read', json_build_object('messageId', message_id::text,
      'conversationId', conversation_id::text, 'readSeq', seq, 'userId', reader)::text, target
    FROM told`;
}
