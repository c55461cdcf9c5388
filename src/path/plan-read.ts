/** Plans a read cursor: one event in the reader's own log, at most one a second in the peer's. */
import { Buffer } from "node:buffer";
import { snowflakeMs, snowflakeText } from "../base/snowflake.ts";
import { ITEM, type Recipient } from "../delivery/record.ts";
import type { ConversationState } from "../store/numbering.ts";
import type { StreamRecord } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { answerOf, answering, isPair, NO_BYTES, type Plan, refusal } from "./plan.ts";
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
    const code = isPair(state.type) ? CODE.senderNotInConversation : CODE.notGroupMember;
    plan.outgoing.push(refusal(record, code));
    return;
  }
  const seq = Math.min(record.value, state.lastSeq);
  if (seq > held) planMoved(plan, memory, record, state, seq, wallMs);
  const answer = { ...answerOf(record.request, CODE.ok), conversationId: state.id };
  plan.outgoing.push({ item: answer, answerGateway: answering(record), everywhere: false });
}

function planMoved(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
  seq: number,
  wallMs: number,
): void {
  memory.readSeqs.set(readName(record), seq);
  const userId = record.senderId;
  const existing = plan.rows.cursors.find(
    (row) => row.conversationId === state.id && row.userId === userId,
  );
  if (existing) existing.readSeq = seq;
  else plan.rows.cursors.push({ conversationId: state.id, userId, readSeq: seq });

  memory.snowflakes.next(wallMs);
  const { high, low } = memory.snowflakes;
  const eventId = snowflakeText(high, low);
  const content = Buffer.from(record.content);
  plan.rows.events.push({
    id: eventId,
    conversationId: state.id,
    conversationPts: -1,
    cmd: CMD.read,
    actorId: userId,
    localId: record.localId,
    content,
  });
  const recipients: Recipient[] = [];
  for (const reader of readersOf(memory, state, userId, wallMs)) {
    const pts = memory.positions.next(reader);
    recipients.push({ userId: reader, pts, mentioned: false });
    plan.rows.inbox.push({ userId: reader, pts, messageId: undefined, eventId, mentioned: false });
  }
  plan.outgoing.push({
    item: {
      kind: ITEM.event,
      push: {
        cmd: CMD.read,
        type: 0,
        conversationId: state.id,
        conversationType: state.type,
        from: record.from,
        source: "websocket",
        localId: record.localId,
        content: { bytes: content, start: 0, end: content.length },
        options: NO_BYTES,
        messageIdHigh: 0,
        messageIdLow: 0,
        seq: -1,
        conversationPts: -1,
        timestamp: snowflakeMs(high, low),
        mentionedAll: false,
        duplicate: false,
      },
      senderId: userId,
      request: 0,
      wide: false,
      recipients,
    },
    answerGateway: "",
    everywhere: false,
  });
}

/** The reader, and the peer of a pair unless he was told within the last second. */
function readersOf(
  memory: WriterMemory,
  state: ConversationState,
  userId: number,
  wallMs: number,
): number[] {
  if (!isPair(state.type)) return [userId];
  const name = `${state.id}:${userId}`;
  const toldMs = memory.peersTold.get(name) ?? 0;
  if (Math.abs(wallMs - toldMs) < PEER_EVERY_MS) return [userId];
  memory.peersTold.set(name, wallMs);
  const peerId = state.pairLow === userId ? state.pairHigh : state.pairLow;
  return userId < peerId ? [userId, peerId] : [peerId, userId];
}

const PEER_EVERY_MS = 1000;
