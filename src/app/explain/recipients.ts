/** Tells of each recipient whether his log has the message, and where he is connected now. */
import type { Sql } from "../../postgres/client.ts";
import type { RedisConnection } from "../../redis/client.ts";
import { deliveryCountKey, presenceBucket, presenceKey } from "../../redis/keys.ts";
import type { Message } from "./message.ts";

/** Members who are told of one by one. */
const RECIPIENTS_MAX = 50;

interface Recipient {
  id: number;
  name: string;
  /** Null: his log doesn't name it. */
  pts: number | null;
  newestPts: number | null;
  readSeq: number;
  joinedSeq: number;
  targeted: boolean;
}

export async function tellRecipients(
  { sql, redis }: { sql: Sql; redis: RedisConnection },
  message: Message,
): Promise<string[]> {
  const { conversation } = message;
  const [counted] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM members WHERE conversation_id = ${conversation.id}`;
  const count = counted?.count ?? 0;
  const recipients = await recipientsOf(sql, message);
  const shown = count > recipients.length ? `, ${recipients.length} of them here` : "";
  const log = conversation.wide
    ? "The conversation is wide: stored once in its own log, no row per member"
    : "Each recipient's inbox names it, written in the same transaction";
  const lines = [`${log}. Members now: ${count}${shown}.`];
  for (const recipient of recipients) {
    const presence = await presenceOf(redis, recipient.id, message.givenMs);
    lines.push(`  ${recipient.name}: ${placeOf(message, recipient)}; ${presence}`);
  }
  return lines;
}

async function recipientsOf(sql: Sql, { id, conversation }: Message): Promise<Recipient[]> {
  return await sql<Recipient[]>`
    SELECT m.user_id AS id, u.external_id AS name, i.pts, newest.pts AS "newestPts",
      m.read_seq AS "readSeq", m.joined_seq AS "joinedSeq",
      coalesce(m.user_id = ANY(t.target) OR m.user_id = t.sender_id, true) AS targeted
    FROM (SELECT * FROM members WHERE conversation_id = ${conversation.id}
      ORDER BY user_id LIMIT ${RECIPIENTS_MAX}) m
    JOIN users u ON u.id = m.user_id
    JOIN messages t ON t.id = ${id}::int8
    LEFT JOIN LATERAL (SELECT pts FROM inbox WHERE user_id = m.user_id
      AND message_id = ${id}::int8 LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT max(pts) AS pts FROM inbox WHERE user_id = m.user_id) newest ON true
    ORDER BY m.user_id`;
}

function placeOf(message: Message, recipient: Recipient): string {
  const { conversation, seq } = message;
  const { pts, newestPts, readSeq, joinedSeq } = recipient;
  const read = readSeq >= seq ? "has read it" : `has read up to seq ${readSeq}`;
  if (pts !== null) return `pts ${pts} (his newest is ${newestPts}), ${read}`;
  if (seq < joinedSeq) return `not for him: he joined at seq ${joinedSeq}`;
  if (!recipient.targeted) return "not for him: he is not in its target";
  if (conversation.wide && message.conversationPts !== null) {
    return `reads the conversation's log at ${message.conversationPts}, ${read}`;
  }
  return "MISSING in his inbox: that must not be, please report it";
}

/** A connection's generation is when it came, in microseconds of Redis' clock. */
async function presenceOf(
  redis: RedisConnection,
  userId: number,
  givenMs: number,
): Promise<string> {
  try {
    const key = presenceKey(presenceBucket(userId));
    const held = await redis.command<Buffer | null>(["HGET", key, String(userId)]);
    if (held === null) return "offline now: it waits in the log for his next sync";
    const parts = held.toString().split(",");
    const told = await Promise.all(parts.map((part) => connectionOf(redis, part, givenMs)));
    return told.join(", ");
  } catch {
    return "Redis is away: not known whether he is online";
  }
}

async function connectionOf(
  redis: RedisConnection,
  part: string,
  givenMs: number,
): Promise<string> {
  const [, device = "", gateway = "", generation = "0"] =
    /^([^=]*)=([^/]*)\/(\d+)$/.exec(part) ?? [];
  const lives = await redis.command<number>(["EXISTS", deliveryCountKey(gateway)]);
  if (lives === 0) return `${device} was at gateway ${gateway}, which is gone`;
  const sinceMs = Number(generation) / 1000;
  const since = new Date(sinceMs).toISOString();
  const how =
    sinceMs <= givenMs
      ? "before it was written: it gets it by push or, where that was lost, by sync"
      : "after it was written: it gets it by sync";
  return `${device} at gateway ${gateway} since ${since}, ${how}`;
}
