/** Applies a change with its events, pts and its own trace in one fenced transaction. */
import { Buffer } from "node:buffer";
import { snowflakeMs } from "../base/snowflake.ts";
import { type DeliveryItem, ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing } from "../delivery/router.ts";
import type { Sql, Transaction } from "../postgres/client.ts";
import {
  commitBatch,
  type EventRow,
  insertEvents,
  type InboxRow,
  type MessageRow,
} from "../store/batch.ts";
import type { StreamRecord } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { Alongside } from "./alongside.ts";
import type {
  Appliers,
  ChangeEvent,
  ChangeResult,
  Effect,
  GroupLimits,
  MessageRules,
} from "./change.ts";
import { noticeMessage } from "./notice.ts";
import { answerOf, answering, NO_BYTES, refusal, sourceOf } from "./outcome.ts";
import type { WriterMemory } from "./writer-memory.ts";

interface Applying {
  sql: Sql;
  writer: string;
  memory: WriterMemory;
  appliers: Appliers;
  record: StreamRecord;
  fanOutMembers: number;
  rules: MessageRules;
  groups: GroupLimits;
  /** Conversation → how many seqs it has given, where the change gave one; set by the commit. */
  counts: Map<number, number>;
  wallMs: number;
  recovering: boolean;
  alongside: Alongside | undefined;
}

/** What is to be delivered after the commit. Rejects when the transaction did not commit. */
export async function applyChange(applying: Applying): Promise<Outgoing[]> {
  const { sql, writer, record } = applying;
  const apply = applying.appliers[record.cmd];
  if (apply === undefined) return [refusal(record, CODE.unsupported)];
  const counts = new Map<number, number>();
  const outgoing = await sql.begin(async (tx) => {
    await tx`SELECT linnet_fence(${writer})`;
    const before = await findApplied(tx, record);
    if (before !== undefined) return replayed(applying, before);
    const { fanOutMembers, rules, groups } = applying;
    const result = await apply({ sql: tx, record, fanOutMembers, rules, groups });
    if (result.code !== CODE.ok) return [refusal(record, result.code, result.message)];
    return await writeEffects(tx, { ...applying, counts }, result);
  });
  for (const [id, count] of counts) applying.counts.set(id, count);
  return outgoing;
}

async function findApplied(
  tx: Transaction,
  record: StreamRecord,
): Promise<{ conversation_id: number } | undefined> {
  const [row] = await tx<{ conversation_id: number }[]>`
    SELECT conversation_id FROM applied
    WHERE actor_id = ${record.senderId} AND request_key = ${record.key}`;
  return row;
}

/**
 * A change that was applied before is answered alike; after a takeover it may not have been told.
 */
function replayed(applying: Applying, before: { conversation_id: number }): Outgoing[] {
  const { record } = applying;
  const outgoing: Outgoing[] = [];
  if (applying.recovering) {
    outgoing.push(everywhere({ kind: ITEM.invalidate, first: before.conversation_id }));
    for (const userId of [record.senderId, record.peerId]) {
      if (userId > 0) outgoing.push(everywhere({ kind: ITEM.invalidateUser, userId }));
    }
    outgoing.push(everywhere({ kind: ITEM.check, userIds: [] }));
  }
  const answer = {
    ...answerOf(record.request, CODE.ok),
    conversationId: before.conversation_id,
    duplicate: true,
  };
  outgoing.push({ item: answer, answerGateway: answering(record), everywhere: false });
  return outgoing;
}

async function writeEffects(
  tx: Transaction,
  applying: Applying,
  result: ChangeResult,
): Promise<Outgoing[]> {
  const { memory, record } = applying;
  for (const id of result.conversations) {
    memory.numbering.forget(id);
    memory.access.grants.invalidate(id);
  }
  for (const { low, high } of result.pairs) {
    memory.access.grants.invalidate(-low);
    memory.access.grants.invalidate(-high);
  }
  for (const { conversationId, userId } of result.cursors ?? []) {
    memory.readSeqs.delete(`${conversationId}:${userId}`);
  }
  for (const userId of result.users ?? []) memory.access.grants.invalidateUser(userId);
  const outgoing = invalidations(result);
  const written = new EffectWriter(applying);
  await written.load(tx, result);
  for (const effect of result.effects) written.add(effect);
  const { messages, events, inbox } = written;
  if (messages.length === 0) await insertEvents(tx, events, inbox);
  else {
    const rows = { messages, events, inbox, cursors: [] };
    await commitBatch(tx as unknown as Sql, applying.writer, rows);
  }
  await applying.alongside?.of({ messages, events, inbox, cursors: [] })?.(tx);
  await tx`
    INSERT INTO applied (actor_id, request_key, code, conversation_id)
    VALUES (${record.senderId}, ${record.key}, ${result.code}, ${result.conversationId})`;
  outgoing.push(...written.outgoing);
  const answer = {
    ...answerOf(record.request, CODE.ok),
    conversationId: result.conversationId === 0 ? -1 : result.conversationId,
  };
  outgoing.push({ item: answer, answerGateway: answering(record), everywhere: false });
  return outgoing;
}

function invalidations(result: ChangeResult): Outgoing[] {
  const firsts = [...result.conversations];
  for (const { low, high } of result.pairs) firsts.push(-low, -high);
  const users = (result.users ?? []).map((userId) =>
    everywhere({ kind: ITEM.invalidateUser, userId }),
  );
  return [...users, ...firsts.map((first) => everywhere({ kind: ITEM.invalidate, first }))];
}

function everywhere(item: DeliveryItem): Outgoing {
  return { item, answerGateway: "", everywhere: true };
}

/** Gives the events of a change their ids and positions, in the order of its effects. */
class EffectWriter {
  readonly messages: MessageRow[] = [];
  readonly events: EventRow[] = [];
  readonly inbox: InboxRow[] = [];
  readonly outgoing: Outgoing[] = [];
  readonly #applying: Applying;

  constructor(applying: Applying) {
    this.#applying = applying;
  }

  async load(tx: Transaction, result: ChangeResult): Promise<void> {
    const { memory } = this.#applying;
    const users = new Set<number>();
    const logs = new Set<number>();
    for (const effect of result.effects) {
      if (effect.kind === "inbox" || effect.kind === "follow") {
        for (const userId of effect.userIds) users.add(userId);
      }
      if (effect.kind === "log") logs.add(effect.event.conversationId);
      if (effect.kind === "follow") logs.add(effect.conversationId);
      if (effect.kind === "notice") logs.add(effect.conversationId);
    }
    // Loaded within the transaction: what it has changed itself is seen.
    if (logs.size > 0) await memory.numbering.load(tx as unknown as Sql, [...logs]);
    for (const effect of result.effects) {
      if (effect.kind !== "notice") continue;
      const state = memory.numbering.get(effect.conversationId);
      for (const userId of state?.members ?? []) users.add(userId);
    }
    if (users.size > 0) await memory.positions.load(tx as unknown as Sql, [...users]);
  }

  add(effect: Effect): void {
    switch (effect.kind) {
      case "inbox":
        return this.#addEvent(effect.event, effect.userIds, -1);
      case "log":
        return this.#addEvent(effect.event, [], this.#nextLogPts(effect.event.conversationId));
      case "follow":
        return this.#addFollow(effect);
      case "notice":
        return this.#addNotice(effect);
      case "unfollow":
        this.outgoing.push(
          everywhere({
            kind: ITEM.unfollow,
            conversationId: effect.conversationId,
            conversationPts: 0,
            userIds: effect.userIds,
          }),
        );
    }
  }

  #addNotice({ conversationId, content }: Extract<Effect, { kind: "notice" }>): void {
    const { memory, wallMs, counts } = this.#applying;
    const state = memory.numbering.get(conversationId);
    if (state === undefined || state.wide) return;
    const notice = noticeMessage(memory, state, content, wallMs);
    this.messages.push(notice.row);
    this.inbox.push(...notice.inbox);
    this.outgoing.push(notice.outgoing);
    counts.set(conversationId, state.lastSeq + 1);
  }

  #addFollow(effect: Extract<Effect, { kind: "follow" }>): void {
    const { conversationId, conversationType, userIds } = effect;
    const state = this.#applying.memory.numbering.get(conversationId);
    const conversationPts = state?.conversationPts ?? 0;
    const data = { wide: true, conversationPts };
    const content = contentBytes({ data }, CMD.conversationUpdate, DIRECTION.push);
    const event = { cmd: CMD.conversationUpdate, conversationId, conversationType, content };
    const follow = { kind: ITEM.follow, conversationId, conversationPts, userIds } as const;
    this.outgoing.push(everywhere(follow));
    this.#addEvent(event, userIds, -1);
  }

  #nextLogPts(conversationId: number): number {
    const state = this.#applying.memory.numbering.get(conversationId);
    return state === undefined ? 1 : ++state.conversationPts;
  }

  #addEvent(event: ChangeEvent, userIds: readonly number[], conversationPts: number): void {
    const { memory, record, wallMs } = this.#applying;
    const id = memory.snowflakes.next(wallMs);
    const content = Buffer.from(event.content);
    this.events.push({
      id,
      conversationId: event.conversationId,
      conversationPts,
      cmd: event.cmd,
      flags: record.flags,
      actorId: record.senderId,
      localId: record.localId,
      content,
    });
    const recipients: Recipient[] = [];
    for (const userId of userIds) {
      const pts = memory.positions.next(userId);
      recipients.push({ userId, pts, mentioned: false });
      this.inbox.push({ userId, pts, messageId: undefined, eventId: id, mentioned: false });
    }
    const push = {
      cmd: event.cmd,
      type: 0,
      conversationId: event.conversationId,
      conversationType: event.conversationType,
      from: record.from,
      source: sourceOf(record.flags),
      localId: record.localId,
      content: { bytes: content, start: 0, end: content.length },
      options: NO_BYTES,
      messageIdHigh: 0,
      messageIdLow: 0,
      seq: -1,
      conversationPts,
      timestamp: snowflakeMs(id),
      mentionedAll: false,
      duplicate: false,
    };
    const wide = conversationPts >= 0;
    const item: DeliveryItem = {
      kind: ITEM.event,
      push,
      senderId: record.senderId,
      request: 0,
      wide,
      recipients,
    };
    this.outgoing.push({ item, answerGateway: "", everywhere: wide });
  }
}
