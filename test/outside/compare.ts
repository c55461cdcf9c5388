/** Holds what the clients applied against the server's own tables. */

import type { LogCursor } from "./cursor.ts";
import type { Follower } from "./follower.ts";
import { until } from "../support/pace.ts";
import type { Sql } from "./target.ts";

export interface Row {
  id: string;
  seq: number;
  sender: string;
  localId: string;
  content: Buffer;
}

/** Inner ids by the names that the host application uses. */
export async function userIds(sql: Sql, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql`SELECT id, external_id FROM users WHERE external_id = ANY(${[...names]})`;
  return new Map(rows.map((row) => [String(row["external_id"]), String(row["id"])]));
}

export async function messageRows(sql: Sql, conversationId: string): Promise<Row[]> {
  const rows = await sql`
    SELECT id, seq, sender_id, local_id, content FROM messages
    WHERE conversation_id = ${conversationId} ORDER BY seq`;
  return rows.map((row) => ({
    id: String(row["id"]),
    seq: Number(row["seq"]),
    sender: String(row["sender_id"]),
    localId: String(row["local_id"]),
    content: Buffer.from((row["content"] as Uint8Array | null) ?? []),
  }));
}

export async function inboxPts(sql: Sql, userId: string): Promise<number[]> {
  const rows = await sql`SELECT pts FROM inbox WHERE user_id = ${userId} ORDER BY pts`;
  return rows.map((row) => Number(row["pts"]));
}

/** Records that were set aside as impossible to store; 0 where there is no such table. */
export async function poisonCount(sql: Sql): Promise<number> {
  const [table] = await sql`SELECT to_regclass('poison') AS name`;
  if (table?.["name"] === null) return 0;
  const [row] = await sql`SELECT count(*) AS count FROM poison`;
  return Number(row?.["count"]);
}

/** Says where `numbers` (sorted) differ from `from`, `from` + 1, … without hole or repeat. */
export function holes(numbers: readonly number[], from: number, what: string): string[] {
  for (let index = 0; index < numbers.length; index += 1) {
    const expected = from + index;
    if (numbers[index] !== expected)
      return [`${what}: ${numbers[index]} where ${expected} belongs`];
  }
  return [];
}

/** Waits until every follower holds the newest pts of its inbox and nothing is under way. */
export async function caughtUp(
  sql: Sql,
  followers: readonly Follower[],
  timeoutMs: number,
): Promise<string[]> {
  const ids = await userIds(sql, [...new Set(followers.map((one) => one.options.user))]);
  let behind: string[] = [];
  await until(
    async () => {
      const newest = new Map<string, number>();
      const rows = await sql`
        SELECT user_id, max(pts) AS pts FROM inbox
        WHERE user_id = ANY(${[...ids.values()]}::bigint[]) GROUP BY user_id`;
      for (const row of rows) newest.set(String(row["user_id"]), Number(row["pts"]));
      const wide = newestWide(followers);
      behind = followers
        .filter((one) => {
          const pts = newest.get(ids.get(one.options.user) ?? "") ?? 0;
          const wideBehind = [...one.wide].some(([id, log]) => log.have < (wide.get(id) ?? 0));
          return one.own.have !== pts || wideBehind || !one.isSettled;
        })
        .map((one) => `${one.options.user}/${one.options.device} is behind at ${one.own.have}`);
      return behind.length === 0;
    },
    timeoutMs,
    200,
  );
  return behind;
}

/** The highest position that any client has seen of each wide log. */
function newestWide(followers: readonly Follower[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const follower of followers) {
    for (const [id, log] of follower.wide) {
      newest.set(id, Math.max(newest.get(id) ?? 0, log.have));
    }
  }
  return newest;
}

export interface Expectation {
  conversationId: string;
  /** Who must hold every message of the conversation. */
  holders: readonly Follower[];
  /** Texts sent and answered 200, by `localId`. */
  answered: ReadonlyMap<string, string>;
}

/** Compares one conversation's rows with the logs of those who must hold all of it. */
export async function compareConversation(sql: Sql, expected: Expectation): Promise<string[]> {
  const { conversationId, holders, answered } = expected;
  const rows = await messageRows(sql, conversationId);
  const what = `conversation ${conversationId}`;
  const failures = holes(
    rows.map((row) => row.seq),
    0,
    `${what}, seq`,
  );
  const stored = new Map(rows.map((row) => [row.localId, row]));
  if (stored.size !== rows.length) failures.push(`${what}: a localId is stored twice`);
  for (const [localId, text] of answered) {
    const row = stored.get(localId);
    if (!row) failures.push(`${what}: answered 200, but there is no row: ${localId}`);
    else if (!row.content.includes(text)) failures.push(`${what}: ${localId} has another text`);
  }
  for (const holder of holders) failures.push(...compareHolder(holder, conversationId, rows));
  return failures;
}

function compareHolder(holder: Follower, conversationId: string, rows: readonly Row[]): string[] {
  const what = `${holder.options.user}/${holder.options.device} in ${conversationId}`;
  const seen: string[] = [];
  const logs = [holder.own, holder.wide.get(conversationId)];
  for (const log of logs) {
    for (const event of log?.events ?? []) {
      if (event.conversationId !== conversationId || event.seq === undefined) continue;
      const row = rows[event.seq];
      if (row?.id !== event.messageId) {
        return [`${what}: seq ${event.seq} is ${event.messageId}, the table says ${row?.id}`];
      }
      if (seen[event.seq] !== undefined) return [`${what}: seq ${event.seq} came twice`];
      if (event.text !== undefined && !row?.content.includes(event.text)) {
        return [`${what}: seq ${event.seq} reads otherwise than the table`];
      }
      seen[event.seq] = event.messageId ?? "";
    }
  }
  const missing = rows.filter((row) => seen[row.seq] === undefined);
  if (missing.length === 0) return [];
  return [`${what}: ${missing.length} of ${rows.length} missing, first seq ${missing[0]?.seq}`];
}

/** Every follower's own log against its user's inbox: the same numbers, 1 to n. */
export async function compareInboxes(sql: Sql, followers: readonly Follower[]): Promise<string[]> {
  const ids = await userIds(sql, [...new Set(followers.map((one) => one.options.user))]);
  const failures: string[] = [];
  for (const [name, id] of ids) {
    const pts = await inboxPts(sql, id);
    failures.push(...holes(pts, 1, `inbox of ${name}`));
    for (const one of followers.filter((follower) => follower.options.user === name)) {
      failures.push(...compareOwn(one.own, pts.length, `${name}/${one.options.device}`));
    }
  }
  return failures;
}

function compareOwn(log: LogCursor, count: number, what: string): string[] {
  const failures = holes(
    log.events.map((event) => event.n),
    1,
    `log of ${what}`,
  );
  if (log.events.length !== count) {
    failures.push(`${what} applied ${log.events.length} events, its inbox has ${count}`);
  }
  return failures;
}

/** Faults that the clients noticed themselves; closes count only where nobody may be closed. */
export function clientFaults(followers: readonly Follower[]): string[] {
  return followers.flatMap((one) => [
    ...one.faults,
    ...one.own.faults,
    ...[...one.wide.values()].flatMap((log) => log.faults),
  ]);
}

/** Adds up the followers' counters for the line of measured facts. */
export function totals(followers: readonly Follower[]): string {
  const sum = (pick: (one: Follower) => number): number =>
    followers.reduce((total, one) => total + pick(one), 0);
  return [
    `${sum((one) => one.own.events.length)} events`,
    `${sum((one) => one.counts.pushes)} pushes`,
    `${sum((one) => one.counts.hints)} hints`,
    `${sum((one) => one.counts.syncs)} syncs`,
    `${sum((one) => one.counts.resends)} resends`,
    `${sum((one) => one.counts.connects)} connects`,
  ].join(", ");
}
