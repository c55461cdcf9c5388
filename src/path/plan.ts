/**
 * Plans a run: each record checked again and refused, or numbered and turned into rows and items.
 */
import { snowflakeMs } from "../base/snowflake.ts";
import { type EventItem, ITEM, type Recipient } from "../delivery/record.ts";
import { GRANT } from "../filter/grant.ts";
import { afterStrangerMessage, verdict } from "../filter/verdict.ts";
import type { ConversationState } from "../store/numbering.ts";
import { RECORD_FLAG, RECORD_VALUE, type StreamRecord } from "../transfer/record.ts";
import { CMD, isChat } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { chatCommand } from "../wire/policy.ts";
import { answering, type Plan, refusal, sourceOf } from "./outcome.ts";
import { isSystem } from "./prepare.ts";
import { planRead } from "./plan-read.ts";
import type { WriterMemory } from "./writer-memory.ts";

/** Adds a record to the plan. Everything it touches has been loaded by `prepareRun`. */
export function planRecord(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  wallMs: number,
): void {
  const state = memory.numbering.get(record.conversationId);
  if (record.cmd === CMD.read) return planRead(plan, memory, record, state, wallMs);
  const code = check(memory, record, state);
  if (code !== 0 || state === undefined) plan.outgoing.push(refusal(record, code));
  else planMessage(plan, memory, record, state, wallMs);
}

/** Whether the grant of a message's sender refuses it; what is refused may be stored already. */
export function isRefused(memory: WriterMemory, record: StreamRecord): boolean {
  return isChat(record.cmd) && !isSystem(record) && grantVerdict(memory, record) !== 0;
}

function grantVerdict(memory: WriterMemory, record: StreamRecord): number {
  const word = grantWordOf(memory, record);
  const mentionsAll = (record.flags & RECORD_FLAG.mentionsAll) !== 0;
  return verdict(word, record.cmd, record.target.length > 0, mentionsAll);
}

function grantWordOf(memory: WriterMemory, record: StreamRecord): number {
  const slot = grantSlot(memory, record);
  return slot < 0 ? 0 : memory.access.grants.word(slot);
}

function grantSlot(memory: WriterMemory, record: StreamRecord): number {
  const first = record.conversationId > 0 ? record.conversationId : -record.peerId;
  return memory.access.grants.find(first, record.senderId);
}

/** The gateway's check again; this one is final. */
function check(
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState | undefined,
): number {
  if (isSystem(record)) return state === undefined ? CODE.noSuchConversation : 0;
  const code = grantVerdict(memory, record);
  if (code !== 0) return code;
  if (state === undefined) return CODE.noSuchConversation;
  // Its gateway tells it to those who are online; what comes here is from where nobody can.
  if ((grantWordOf(memory, record) & GRANT.transient) !== 0) return CODE.unsupported;
  for (const userId of record.target) {
    if (!state.members.includes(userId)) return CODE.receiverNotInConversation;
  }
  countStranger(memory, record, state);
  return 0;
}

function countStranger(memory: WriterMemory, record: StreamRecord, state: ConversationState): void {
  if (state.pairLow < 0) return;
  const { grants } = memory.access;
  const slot = grantSlot(memory, record);
  grants.setWord(slot, afterStrangerMessage(grants.word(slot)));
  const peerId = state.pairLow === record.senderId ? state.pairHigh : state.pairLow;
  const peerSlot = grants.find(state.id, peerId);
  if (peerSlot >= 0) grants.setWord(peerSlot, grants.word(peerSlot) | GRANT.answered);
}

/** Of a message whose sender doesn't want to know of its reading. */
const READS_UNTOLD = RECORD_FLAG.noReceipt | RECORD_VALUE.noRead;

function planMessage(
  plan: Plan,
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
  wallMs: number,
): void {
  const id = memory.snowflakes.next(wallMs);
  const seq = ++state.lastSeq;
  const conversationPts = state.wide ? ++state.conversationPts : -1;
  const cmd = record.cmd === CMD.notify ? CMD.notify : (chatCommand(state.type) ?? record.cmd);
  const flags = record.flags | record.value;
  if ((flags & READS_UNTOLD) !== 0 && state.pairLow >= 0) state.quiet = true;
  confirm(plan, record, state, seq);
  plan.keys.push(record.key);
  plan.rows.messages.push({
    id,
    conversationId: state.id,
    seq,
    senderId: record.senderId,
    key: record.key,
    conversationPts,
    ttl: record.ttl,
    cmd,
    type: record.type,
    flags,
    deviceId: record.deviceId,
    localId: record.localId,
    content: record.content,
    options: record.options,
    target: record.target,
    mentions: record.mentions,
    wishes: record.wishes,
  });
  const recipients = recipientsOf(memory, record, state);
  for (const { userId, pts, mentioned } of recipients) {
    plan.rows.inbox.push({ userId, pts, messageId: id, eventId: undefined, mentioned });
  }
  const item: EventItem = {
    kind: ITEM.event,
    push: {
      cmd,
      type: record.type,
      conversationId: state.id,
      conversationType: state.type,
      from: record.from,
      source: sourceOf(record.flags),
      localId: record.localId,
      content: { bytes: record.content, start: 0, end: record.content.length },
      options: { bytes: record.options, start: 0, end: record.options.length },
      messageIdHigh: id.high,
      messageIdLow: id.low,
      seq,
      conversationPts,
      timestamp: snowflakeMs(id),
      mentionedAll: (record.flags & RECORD_FLAG.mentionsAll) !== 0,
      duplicate: false,
    },
    senderId: record.senderId,
    request: record.request,
    wide: state.wide,
    recipients,
  };
  plan.outgoing.push({ item, answerGateway: answering(record), everywhere: state.wide });
}

/** The number that Redis gave holds where it is the next; else the counter is to be set right. */
function confirm(plan: Plan, record: StreamRecord, state: ConversationState, seq: number): void {
  if (record.provisionalSeq === seq) {
    if (plan.counts.has(state.id)) plan.counts.set(state.id, seq + 1);
    return;
  }
  if (record.provisionalSeq >= 0) plan.renumbered += 1;
  plan.counts.set(state.id, seq + 1);
}

function recipientsOf(
  memory: WriterMemory,
  record: StreamRecord,
  state: ConversationState,
): Recipient[] {
  const recipients: Recipient[] = [];
  if (state.wide) return recipients;
  const mentionsAll = (record.flags & RECORD_FLAG.mentionsAll) !== 0;
  const notSynced = (record.flags & RECORD_FLAG.notSynced) !== 0;
  const { target, mentions, senderId } = record;
  for (const userId of state.members) {
    if (userId === senderId && notSynced) continue;
    if (target.length > 0 && userId !== senderId && !target.includes(userId)) continue;
    const mentioned =
      userId !== senderId && (mentionsAll || (mentions.length > 0 && mentions.includes(userId)));
    recipients.push({ userId, pts: memory.positions.next(userId), mentioned });
  }
  return recipients;
}
