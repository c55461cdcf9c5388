/**
 * A prepared send that comes again: what was stored or put off under its `localId`. Unlike a plain
 * message it is looked up before it is taken, since it may not be possible to prepare it again.
 */
import type { AnswerItem } from "../delivery/record.ts";
import { ptsOfMessage } from "../inbox/positions.ts";
import type { Sql } from "../postgres/client.ts";
import { type KnownMessage, loadKnown } from "../store/known.ts";
import { findScheduled, type PutOffMessage } from "../store/scheduled.ts";
import type { RecordFields } from "../transfer/record.ts";
import { CODE } from "../wire/errors.ts";
import { EMPTIED, KEYS, knownAnswer } from "./known.ts";
import { answerOf } from "./outcome.ts";
import { isSameMessage, isSameRequest, said } from "./same-message.ts";

/** A message that waits for its time. */
export interface PutOff {
  scheduleId: string;
  sendAt: number;
}

interface Place {
  id: number;
  type: number;
}

/** `record` is what the request asks for, with its key. Undefined: it never came before. */
export async function repeatOf(
  sql: Sql,
  record: RecordFields,
): Promise<AnswerItem | PutOff | undefined> {
  const place = await placeOf(sql, record);
  const message = place && (await findKnown(sql, place.id, record));
  if (place !== undefined && message !== undefined) {
    return await answerOfKnown(sql, record, place, message);
  }
  const waiting = await findScheduled(sql, record.senderId, record.key);
  if (waiting === undefined) return undefined;
  if (!isSamePlace(record, place, waiting)) {
    return conflict("localId was used in another conversation, for a message that waits");
  }
  if (!isSameMessage(record, said(waiting))) return conflict(OTHER_CONTENT);
  return { scheduleId: waiting.id, sendAt: waiting.sendAt };
}

const OTHER_CONTENT = "localId was used with other content";

export function conflict(message: string): AnswerItem {
  return { ...answerOf(0, CODE.conflict), message };
}

/** The conversation, which a message between two need not name. */
async function placeOf(
  sql: Sql,
  { conversationId, senderId, peerId }: RecordFields,
): Promise<Place | undefined> {
  if (conversationId > 0) {
    const [named] = await sql<Place[]>`
      SELECT id, type FROM conversations WHERE id = ${conversationId}`;
    return named;
  }
  const [pair] = await sql<Place[]>`
    SELECT id, type FROM conversations
    WHERE pair_low = ${Math.min(senderId, peerId)} AND pair_high = ${Math.max(senderId, peerId)}`;
  return pair;
}

/** Where another request has the same hash, the writer has taken the next key. */
async function findKnown(
  sql: Sql,
  conversationId: number,
  record: RecordFields,
): Promise<KnownMessage | undefined> {
  for (let { key } = record; ; key = (key + 1) % KEYS) {
    const [message] = (await loadKnown(sql, [{ conversationId, key }])).values();
    if (message === undefined || isSameRequest(record, message)) return message;
  }
}

async function answerOfKnown(
  sql: Sql,
  record: RecordFields,
  place: Place,
  message: KnownMessage,
): Promise<AnswerItem> {
  const emptied = (message.flags & EMPTIED) !== 0;
  if (!emptied && !isSameMessage(record, said(message))) return conflict(OTHER_CONTENT);
  const held = await ptsOfMessage(sql, message.id, [record.senderId]);
  return knownAnswer(0, place, message, held.get(record.senderId)?.pts ?? -1);
}

/** What waits may have been put off before the two had a conversation. */
function isSamePlace(
  { peerId }: RecordFields,
  place: Place | undefined,
  waiting: PutOffMessage,
): boolean {
  if (place !== undefined && waiting.conversationId > 0) return place.id === waiting.conversationId;
  return peerId === waiting.peerId;
}
