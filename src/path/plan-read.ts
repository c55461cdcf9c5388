/** Plans a read cursor: one event in the reader's own log, at most one a second in the peer's. */
import { Buffer } from "node:buffer";
import { snowflakeMs } from "../base/snowflake.ts";
import { type EventItem, ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing } from "../delivery/router.ts";
import type { ConversationState } from "../store/numbering.ts";
import type { StreamRecord } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode, POLICY } from "../wire/policy.ts";
import { answerOf, answering, NO_BYTES, type Plan, refusal, sourceOf } from "./outcome.ts";
import { readName } from "./prepare.ts";
import type { WriterMemory } from "./writer-memory.ts";

/** `record.value` is the seq up to which was read. */
export function planRead(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState | undefined,
  wallMs: number,
): void {
  if (state === undefined) {
    plan.outgoing.push(refusal(record, CODE.noSuchConversation));
    return;
  }
  const held = memory.readSeqs.get(readName(record));
  if (held === undefined) {
    plan.outgoing.push(refusal(record, outsiderCode(state.type)));
    return;
  }
  const seq = Math.min(record.value, state.lastSeq);
  if (seq > held) planMoved(plan, memory, record, state, { seq, held }, wallMs);
  const answer = { ...answerOf(record.request, CODE.ok), conversationId: state.id };
  plan.outgoing.push({ item: answer, answerGateway: answering(record), everywhere: false });
}

function planMoved(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
  { seq, held }: { seq: number; held: number },
  wallMs: number,
): void {
  memory.readSeqs.set(readName(record), seq);
  const userId = record.senderId;
  const existing = plan.rows.cursors.find(
    (row) => row.conversationId === state.id && row.userId === userId,
  );
  if (existing) existing.readSeq = seq;
  else plan.rows.cursors.push({ conversationId: state.id, userId, readSeq: seq });
  const read = { ...record, value: seq, content: readContent(seq) };
  planReadEvent(plan, memory, read, state, [userId], wallMs);
  if (!POLICY[state.type]?.readsTold) return;
  const upTo = Math.min(memory.toldReads.get(record) ?? seq, seq);
  // What he has read since wants no receipt of it.
  if (upTo <= held) return;
  const shown = upTo === seq ? read : { ...read, value: upTo, content: readContent(upTo) };
  const told = memory.peersTold.get(readName(record)) ?? 0;
  if (wallMs - told >= PEER_EVERY_MS || wallMs < told) planPeer(plan, memory, shown, state, wallMs);
  else memory.peersOwed.set(readName(record), shown);
}

const PEER_EVERY_MS = 1000;

/** Tells the peers whose telling was put off, once a second is over. */
export function planPeersOwed(plan: Plan, memory: WriterMemory, wallMs: number): void {
  for (const [name, record] of memory.peersOwed) {
    const told = memory.peersTold.get(name) ?? 0;
    if (wallMs - told < PEER_EVERY_MS && wallMs >= told) continue;
    const state = memory.numbering.get(record.conversationId);
    if (state === undefined) memory.peersOwed.delete(name);
    else planPeer(plan, memory, record, state, wallMs);
  }
}

function planPeer(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
  wallMs: number,
): void {
  const name = readName(record);
  memory.peersOwed.delete(name);
  memory.peersTold.set(name, wallMs);
  const peerId = state.pairLow === record.senderId ? state.pairHigh : state.pairLow;
  planReadEvent(plan, memory, record, state, [peerId], wallMs);
}

function readContent(seq: number): Buffer {
  return Buffer.from(contentBytes({ data: { seq } }, CMD.read, DIRECTION.push));
}

function planReadEvent(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
  userIds: readonly number[],
  wallMs: number,
): void {
  const eventId = memory.snowflakes.next(wallMs);
  const { content, senderId, localId } = record;
  plan.rows.events.push({
    id: eventId,
    conversationId: state.id,
    conversationPts: -1,
    cmd: CMD.read,
    flags: record.flags,
    actorId: senderId,
    localId,
    content,
  });
  const recipients: Recipient[] = [];
  for (const userId of userIds) {
    const pts = memory.positions.next(userId);
    recipients.push({ userId, pts, mentioned: false });
    plan.rows.inbox.push({ userId, pts, messageId: undefined, eventId, mentioned: false });
  }
  plan.outgoing.push(eventOut(record, state, snowflakeMs(eventId), recipients));
}

function eventOut(
  record: StreamRecord,
  state: ConversationState,
  timestamp: number,
  recipients: readonly Recipient[],
): Outgoing {
  const { content } = record;
  const item: EventItem = {
    kind: ITEM.event,
    push: {
      cmd: CMD.read,
      type: 0,
      conversationId: state.id,
      conversationType: state.type,
      from: record.from,
      source: sourceOf(record.flags),
      localId: record.localId,
      content: { bytes: content, start: 0, end: content.length },
      options: NO_BYTES,
      messageIdHigh: 0,
      messageIdLow: 0,
      seq: -1,
      conversationPts: -1,
      timestamp,
      mentionedAll: false,
      duplicate: false,
    },
    senderId: record.senderId,
    request: 0,
    wide: false,
    recipients,
  };
  return { item, answerGateway: "", everywhere: false };
}
