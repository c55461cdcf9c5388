/** What must hold when a world has healed and settled. */
import { readEntry } from "../../src/transfer/record.ts";
import { CMD, isChat } from "../../src/wire/commands.ts";
import { contentOf } from "../../src/wire/content-bytes.ts";
import { DIRECTION } from "../../src/wire/envelope.ts";
import { CODE } from "../../src/wire/errors.ts";
import { type GroupName, type Sent, USERS } from "./cast.ts";
import type { Applied, SimClient } from "./client.ts";
import { checkChanges } from "./change-checks.ts";
import { checkOperations, checkShown } from "./operation-checks.ts";
import { isLaterId } from "./sql-text.ts";
import type { EventTableRow, MessageTableRow, Tables } from "./tables.ts";
import type { World } from "./world.ts";

/** An entry may be deleted when all its messages are stored, or refused. */
export function checkDeleted(world: World, firstSeqs: string, payload: Buffer): void {
  const seqs = firstSeqs === "" ? [] : firstSeqs.split(",").map(Number);
  const { tables } = world.store;
  const stored = new Set<string>();
  for (const row of tables.messageIds.values()) stored.add(row.localId);
  for (const row of tables.removed.values()) stored.add(row.localId);
  for (const { cmd, localId } of readEntry(payload, seqs)) {
    const sent = world.sends.get(localId);
    if (!isChat(cmd) || sent === undefined || stored.has(localId)) continue;
    const place = `${sent.lane} ${sent.user}`;
    if (world.sentAway.has(place) || world.muted.has(place)) continue;
    world.violation(`${localId} was deleted from the stream, and is not stored`);
  }
}

/** What is not finished yet; "" when all are. */
export function unsettled(world: World): string {
  const { tables } = world.store;
  if (world.redis.backlog > 0) return `${world.redis.backlog} entries are not settled`;
  for (const { gateway, name } of world.gateways()) {
    if (gateway === undefined) return `${name} has not begun`;
    if (gateway.pending.open > 0) return `${name} has open requests`;
    let wrong = "";
    gateway.sessions.each((slot) => {
      const userId = gateway.sessions.userIds[slot] as number;
      const followed = [...gateway.wideLogs.ofSlot(slot)].sort((a, b) => a - b).join(", ");
      const member = wideOf(tables, userId).join(", ");
      if (followed === member) return;
      wrong = `${name}: user ${userId} follows [${followed}], is in [${member}]`;
    });
    if (wrong !== "") return wrong;
  }
  for (const client of world.clients) {
    const { sdk, name } = client;
    if (sdk === undefined || sdk.state.name !== "online") return `${name} is ${sdk?.state.name}`;
    if (sdk.unsettled > 0) return `${name} has ${sdk.unsettled} sends without an answer`;
    const cursor = sdk.cursor();
    const newest = tables.lastPts(client.userId);
    if (cursor.pts !== newest) return `${name} is at pts ${cursor.pts} of ${newest}`;
    for (const id of wideOf(tables, client.userId)) {
      const end = tables.lastConversationPts(id);
      if (cursor.wide[id] !== end) return `${name} is at ${cursor.wide[id]} of ${end} in ${id}`;
    }
  }
  return "";
}

export function check(world: World): void {
  const { tables } = world.store;
  checkSends(world, tables);
  checkSeqs(world, tables);
  checkPositions(world, tables);
  checkKicks(world, tables);
  checkChanges(world, tables);
  checkOperations(world, tables);
  for (const client of world.clients) {
    checkClient(world, client, tables);
    checkShown(world, client, tables);
  }
  if (tables.poison.length > 0) world.violation(`poison: ${tables.poison.join("; ")}`);
  if (world.store.problem !== undefined) throw world.store.problem;
}

function checkSends(world: World, tables: Tables): void {
  const stored = new Map<string, MessageTableRow[]>();
  for (const row of [...tables.messageIds.values(), ...tables.removed.values()]) {
    const rows = stored.get(row.localId) ?? [];
    if (!rows.some((other) => other.id === row.id)) rows.push(row);
    stored.set(row.localId, rows);
  }
  for (const sent of world.sends.values()) {
    const rows = stored.get(sent.localId) ?? [];
    if (sent.code === CODE.ok) checkAnswered(world, sent, rows);
    else if (!mayRefuse(world, sent)) world.violation(`${sent.localId} was answered ${sent.code}`);
    if (rows.length > 1 && !sent.expires) {
      world.violation(`${sent.localId} is stored ${rows.length} times`);
    }
  }
  checkOrder(world);
}

function checkAnswered(world: World, sent: Sent, rows: readonly MessageTableRow[]): void {
  const row = rows.find((candidate) => candidate.id === sent.messageId);
  if (row === undefined) {
    return world.violation(`${sent.localId} was answered ${sent.messageId}, and is not stored`);
  }
  if (row.seq !== sent.seq || row.conversationId !== sent.conversationId) {
    world.violation(`${sent.localId} was answered seq ${sent.seq}, and is stored as ${row.seq}`);
  }
}

function mayRefuse(world: World, { user, code, lane }: Sent): boolean {
  if (code === CODE.muted) return world.muted.has(`${lane} ${user}`);
  return code === CODE.notGroupMember && world.sentAway.has(`${lane} ${user}`);
}

/** A sender's messages to one conversation have their order. */
function checkOrder(world: World): void {
  const last = new Map<string, Sent>();
  for (const sent of world.sends.values()) {
    if (sent.code !== CODE.ok || sent.expires) continue;
    const name = `${sent.client} ${sent.lane}`;
    const before = last.get(name);
    if (before !== undefined && before.seq >= sent.seq) {
      world.violation(`${sent.localId} (seq ${sent.seq}) came before ${before.localId}`);
    }
    last.set(name, sent);
  }
}

function checkSeqs(world: World, tables: Tables): void {
  const seqs = new Map<number, number[]>();
  const pts = new Map<number, number[]>();
  const put = (into: Map<number, number[]>, id: number, value: number): void => {
    const list = into.get(id) ?? [];
    list.push(value);
    into.set(id, list);
  };
  const ids = new Set<string>();
  for (const row of [...tables.messageIds.values(), ...tables.removed.values()]) {
    if (ids.has(row.id)) continue;
    ids.add(row.id);
    put(seqs, row.conversationId, row.seq);
    if (row.conversationPts !== null) put(pts, row.conversationId, row.conversationPts);
  }
  for (const row of tables.events.values()) {
    if (row.conversationPts !== null) put(pts, row.conversationId, row.conversationPts);
  }
  for (const [id, list] of seqs) checkRun(world, `seqs of conversation ${id}`, list, 0);
  for (const [id, list] of pts) checkRun(world, `positions of conversation ${id}`, list, 1);
}

function checkPositions(world: World, tables: Tables): void {
  for (const [userId, rows] of tables.inbox) {
    checkRun(world, `pts of user ${userId}`, [...rows.keys()], 1);
    for (const { pts, messageId, eventId } of rows.values()) {
      const known =
        messageId === null
          ? tables.events.has(eventId ?? "")
          : tables.messageIds.has(messageId) || tables.removed.has(messageId);
      if (!known) world.violation(`pts ${pts} of user ${userId} is of nothing stored`);
    }
  }
  checkAllReached(world, tables);
}

/** A stored message of a narrow conversation is in the inbox of its sender, once. */
function checkAllReached(world: World, tables: Tables): void {
  for (const row of tables.messageIds.values()) {
    if (row.conversationPts !== null) continue;
    const inbox = [...(tables.inbox.get(row.senderId)?.values() ?? [])];
    const times = inbox.filter(({ messageId }) => messageId === row.id).length;
    if (times !== 1) world.violation(`message ${row.id} is ${times} times in its sender's inbox`);
  }
}

/** first, first + 1, … without a hole or a repeat. */
function checkRun(world: World, what: string, values: number[], first: number): void {
  values.sort((a, b) => a - b);
  for (const [at, value] of values.entries()) {
    if (value === first + at) continue;
    return world.violation(`${what}: ${value} where ${first + at} should be`);
  }
}

/** Who was sent away says nothing after that, until he is back. */
function checkKicks(world: World, tables: Tables): void {
  for (const place of world.sentAway) {
    const [group, user] = place.split(" ") as [GroupName, string];
    const id = world.groups[group];
    const changes = [...tables.events.values()].filter((row) => names(row, user));
    const messages = [...(tables.messages.get(id)?.values() ?? [])];
    const senderId = USERS.indexOf(user as (typeof USERS)[number]) + 1;
    const rows = [
      ...changes.filter((row) => row.conversationId === id),
      ...messages.filter((row) => row.senderId === senderId),
    ].sort((a, b) => (isLaterId(a.id, b.id) ? 1 : -1));
    let isAway = false;
    for (const row of rows) {
      if (row.cmd === CMD.groupLeave) isAway = true;
      else if (row.cmd === CMD.groupJoin) isAway = false;
      else if (isAway) world.violation(`${row.localId} is of one who had been sent away`);
    }
  }
}

/** Whether a change is about the membership of a user. */
function names({ cmd, content }: EventTableRow, user: string): boolean {
  if (cmd !== CMD.groupLeave && cmd !== CMD.groupJoin) return false;
  const slice = { bytes: content, start: 0, end: content.length };
  const userIds = contentOf(slice, cmd, DIRECTION.push).data?.["userIds"];
  return Array.isArray(userIds) && userIds.includes(user);
}

function checkClient(world: World, client: SimClient, tables: Tables): void {
  const { name, userId } = client;
  const own = new Map<number, string>();
  for (const { pts, messageId, eventId } of tables.inbox.get(userId)?.values() ?? []) {
    own.set(pts, messageId ?? `cmd ${tables.events.get(eventId ?? "")?.cmd}`);
  }
  compare(world, `${name}'s log`, client.applied.get("own") ?? [], own, tables);
  for (const id of wideOf(tables, userId)) {
    const log = new Map<number, string>();
    for (const row of [...tables.messageIds.values(), ...tables.removed.values()]) {
      if (row.conversationId === id && row.conversationPts !== null) {
        log.set(row.conversationPts, row.id);
      }
    }
    for (const row of tables.events.values()) {
      if (row.conversationId === id && row.conversationPts !== null) {
        log.set(row.conversationPts, `cmd ${row.cmd}`);
      }
    }
    const joined = tables.member(id, userId)?.joinedPts ?? 0;
    const view = client.applied.get(id) ?? [];
    compare(world, `${name}'s view of ${id}`, view, log, tables, joined);
  }
}

/** What was applied is the log: each position once, in order; only what has expired may lack. */
function compare(
  world: World,
  what: string,
  applied: readonly Applied[],
  log: ReadonlyMap<number, string>,
  tables: Tables,
  from = 0,
): void {
  let last = 0;
  const positions = new Set<number>();
  for (const { position, what: event } of applied) {
    if (position <= last) world.violation(`${what}: ${position} came after ${last}`);
    last = position;
    positions.add(position);
    const stored = log.get(position);
    if (stored !== event) world.violation(`${what}: ${event} at ${position}, not ${stored}`);
  }
  for (const [position, event] of log) {
    if (position <= from || positions.has(position) || mayLack(tables, event)) continue;
    world.violation(`${what}: ${event} at ${position} was never applied`);
  }
}

function mayLack(tables: Tables, event: string): boolean {
  return tables.removed.has(event) || (tables.messageIds.get(event)?.expiresAtMs ?? null) !== null;
}

function wideOf(tables: Tables, userId: number): number[] {
  const ids: number[] = [];
  for (const { id, wide } of tables.conversations.values()) {
    if (wide && tables.member(id, userId) !== undefined) ids.push(id);
  }
  return ids.sort((a, b) => a - b);
}
