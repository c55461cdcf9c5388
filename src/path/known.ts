/** Messages that Postgres already has: answered with what they got, or refused as a conflict. */
import { Buffer } from "node:buffer";
import { snowflakeHalves, snowflakeMs } from "../base/snowflake.ts";
import { type AnswerItem, type EventItem, ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing } from "../delivery/router.ts";
import { ptsOfMessage } from "../inbox/positions.ts";
import type { Sql } from "../postgres/client.ts";
import { type KnownMessage, knownName, loadKnown } from "../store/known.ts";
import type { ConversationState } from "../store/numbering.ts";
import { RECORD_FLAG, type StreamRecord } from "../transfer/record.ts";
import { isChat } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { answerOf, answering, refusal, sourceOf } from "./outcome.ts";
import { isSameMessage, isSameRequest, said } from "./same-message.ts";
import type { WriterMemory } from "./writer-memory.ts";

export const KEYS = 2 ** 53;

export interface KnownOutcome {
  /** Records that are not stored yet, in order. */
  fresh: StreamRecord[];
  outgoing: Outgoing[];
}

/**
 * Parts the records into fresh ones and known ones. `pushAgain`: whoever stored them may have died
 * before the push, so the event goes to all recipients again; gateways drop what they have pushed.
 */
export async function partKnown(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
  pushAgain: boolean,
): Promise<KnownOutcome> {
  const outcome: KnownOutcome = { fresh: [], outgoing: [] };
  const known = await loadAll(sql, records);
  for (const record of records) {
    const message = known.get(knownName(record.conversationId, record.key));
    if (message === undefined || !isChat(record.cmd)) {
      outcome.fresh.push(record);
      continue;
    }
    memory.remember(record.key);
    outcome.outgoing.push(await outcomeOf(sql, memory, record, message, pushAgain));
  }
  return outcome;
}

/** Looks all keys up; where another request has the same hash, the next key is tried. */
async function loadAll(
  sql: Sql,
  records: readonly StreamRecord[],
): Promise<Map<string, KnownMessage>> {
  const known = new Map<string, KnownMessage>();
  let asked = records.filter((r) => isChat(r.cmd) && r.conversationId > 0);
  while (asked.length > 0) {
    const found = await loadKnown(sql, asked);
    const collided: StreamRecord[] = [];
    for (const record of asked) {
      const name = knownName(record.conversationId, record.key);
      const message = found.get(name);
      if (message === undefined) continue;
      if (isSameRequest(record, message)) {
        known.set(name, message);
      } else {
        record.key = (record.key + 1) % KEYS;
        collided.push(record);
      }
    }
    asked = collided;
  }
  return known;
}

/** Nothing is left of what it said. */
export const EMPTIED = 8;

async function outcomeOf(
  sql: Sql,
  memory: WriterMemory,
  record: StreamRecord,
  message: KnownMessage,
  pushAgain: boolean,
): Promise<Outgoing> {
  const emptied = (message.flags & EMPTIED) !== 0;
  if (!emptied && !isSameMessage(said(record), said(message))) {
    return refusal(record, CODE.conflict, "localId was used with other content");
  }
  const state = memory.numbering.get(record.conversationId);
  const audience = audienceOf(record, state, pushAgain && !emptied);
  const held = await ptsOfMessage(sql, message.id, audience);
  if (pushAgain && !emptied && state !== undefined) {
    return pushed(record, message, state, held);
  }
  const place = { id: record.conversationId, type: state?.type ?? 0 };
  const pts = held.get(record.senderId)?.pts ?? -1;
  const answer = knownAnswer(record.request, place, message, pts);
  return { item: answer, answerGateway: answering(record), everywhere: false };
}

/** What its first request was answered. */
export function knownAnswer(
  request: number,
  { id: conversationId, type: conversationType }: { id: number; type: number },
  message: KnownMessage,
  pts: number,
): AnswerItem {
  const id = snowflakeHalves(message.id);
  return {
    ...answerOf(request, CODE.ok),
    conversationId,
    conversationType,
    messageIdHigh: id.high,
    messageIdLow: id.low,
    seq: message.seq,
    pts,
    conversationPts: message.conversationPts,
    timestamp: snowflakeMs(id),
    duplicate: true,
  };
}

function audienceOf(
  record: StreamRecord,
  state: ConversationState | undefined,
  pushAgain: boolean,
): readonly number[] {
  if (!pushAgain || state === undefined || state.wide) return [record.senderId];
  return state.members;
}

function pushed(
  record: StreamRecord,
  message: KnownMessage,
  state: ConversationState,
  held: Map<number, { pts: number; mentioned: boolean }>,
): Outgoing {
  const id = snowflakeHalves(message.id);
  const recipients: Recipient[] = [];
  for (const [userId, { pts, mentioned }] of held) recipients.push({ userId, pts, mentioned });
  const item: EventItem = {
    kind: ITEM.event,
    push: {
      cmd: message.cmd,
      type: message.type,
      conversationId: state.id,
      conversationType: state.type,
      from: record.from,
      source: sourceOf(message.flags),
      localId: message.localId,
      content: { bytes: message.content, start: 0, end: message.content.length },
      options: { bytes: record.options, start: 0, end: Buffer.byteLength(record.options) },
      messageIdHigh: id.high,
      messageIdLow: id.low,
      seq: message.seq,
      conversationPts: message.conversationPts,
      timestamp: snowflakeMs(id),
      mentionedAll: (message.flags & RECORD_FLAG.mentionsAll) !== 0,
      duplicate: true,
    },
    senderId: record.senderId,
    request: record.request,
    wide: message.conversationPts >= 0,
    recipients,
  };
  return { item, answerGateway: answering(record), everywhere: item.wide };
}
