/** The end of a run: nobody is told to sync, and all must become complete; then what is left. */
import { pause } from "../../src/base/backoff.ts";
import { PRESENCE_BUCKETS, presenceKey, STREAM } from "../../src/redis/keys.ts";
import type { Actor } from "./actor.ts";
import type { Backing } from "./backing.ts";
import type { Cluster } from "./cluster.ts";
import { readCounters } from "./counters.ts";
import type { Journal } from "./journal.ts";
import type { Tables } from "./record.ts";
import { type Newest, readNewest, readSnapshot } from "./tables.ts";

const LOOK_EVERY_MS = 250;
const LIST_WAIT_MS = 10_000;
const LEFT_WAIT_MS = 10_000;

/** Waits until every client has everything, at most until `endMs`; writes down who has not. */
export async function awaitComplete(
  actors: readonly Actor[],
  backing: Backing,
  journal: Journal,
  endMs: number,
): Promise<void> {
  let newest = await backing.read(readNewest);
  while (!actors.every((actor) => isComplete(actor, newest)) && performance.now() < endMs) {
    await pause(LOOK_EVERY_MS);
    newest = await backing.read(readNewest);
  }
  for (const actor of actors) {
    const online = actor.client.state.name === "online";
    const complete = isComplete(actor, newest);
    journal.add({ kind: "end", client: actor.name, online, complete });
    if (complete) continue;
    const { pts, wide } = actor.client.cursor();
    const own = newest.own.get(actor.user) ?? 0;
    const logs = JSON.stringify([...(newest.wide.get(actor.user) ?? [])]);
    const { unsettled } = actor.client;
    journal.problem(
      `${actor.name} is not complete: ${pts} of ${own}, wide ${JSON.stringify(wide)} of ${logs}, ` +
        `${unsettled} unsettled, ${actor.operating} operating, ${actor.client.state.name}`,
    );
  }
}

function isComplete(actor: Actor, newest: Newest): boolean {
  const { client, user } = actor;
  if (client.unsettled > 0 || actor.operating > 0) return false;
  const { pts, wide } = client.cursor();
  if (pts < (newest.own.get(user) ?? 0)) return false;
  return hasWide(wide, user, newest);
}

function hasWide(wide: Record<number, number>, user: string, newest: Newest): boolean {
  for (const [id, position] of newest.wide.get(user) ?? []) {
    if ((wide[id] ?? -1) < position) return false;
  }
  return true;
}

/**
 * The tables of a moment at which every client held what they held. An event that was still to come
 * (a peer is told of a read up to a second late) begins the reading anew, at most until `endMs`.
 */
export async function readLevel(
  actors: readonly Actor[],
  backing: Backing,
  journal: Journal,
  endMs: number,
): Promise<Tables> {
  for (;;) {
    const before = journal.records.length;
    const held = actors.map((actor) => ({ user: actor.user, ...actor.client.cursor() }));
    const { tables, newest } = await backing.read(readSnapshot);
    const isLevel = held.every(
      ({ user, pts, wide }) => pts === (newest.own.get(user) ?? 0) && hasWide(wide, user, newest),
    );
    if (isLevel || performance.now() > endMs) {
      journal.endLogs(before);
      return tables;
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** What each client's list says of unread messages. */
export async function askUnread(actors: readonly Actor[], journal: Journal): Promise<void> {
  await Promise.all(actors.map((actor) => askOne(actor, journal)));
}

async function askOne(actor: Actor, journal: Journal): Promise<void> {
  let cursor = "";
  const endMs = performance.now() + LIST_WAIT_MS;
  for (;;) {
    const page = await actor.client.conversations({ cursor, limit: 100 });
    if (!page.ok && performance.now() < endMs) {
      await pause(LOOK_EVERY_MS);
      continue;
    }
    if (!page.ok) {
      // It counts as a mismatch: a conversation that nobody has.
      const none = { conversationId: 0, unread: -1, readSeq: -1 };
      journal.add({ kind: "unread", client: actor.name, ...none });
      return journal.problem(`${actor.name}: no list, ${page.code} ${page.message}`);
    }
    for (const { conversationId, unread, readSeq } of page.data.conversations) {
      journal.add({ kind: "unread", client: actor.name, conversationId, unread, readSeq });
    }
    if (page.data.final) return;
    cursor = page.data.cursor;
  }
}

/** After all clients have left: connections, presence, entries, requests that are still there. */
export async function countLeft(
  cluster: Cluster,
  backing: Backing,
  journal: Journal,
): Promise<void> {
  const endMs = performance.now() + LEFT_WAIT_MS;
  let left = await lookForLeft(cluster, backing);
  while (left.some(({ count }) => count > 0) && performance.now() < endMs) {
    await pause(LOOK_EVERY_MS);
    left = await lookForLeft(cluster, backing);
  }
  for (const { what, where, count } of left) {
    if (count > 0) journal.add({ kind: "left", what, where, count });
  }
}

interface Left {
  what: "session" | "entry";
  where: string;
  count: number;
}

async function lookForLeft(cluster: Cluster, backing: Backing): Promise<Left[]> {
  const left: Left[] = [];
  for (const node of cluster.nodes) {
    const counters = await readCounters(node);
    const connections = counters.get("linnet_connections") ?? 0;
    const pending = counters.get("linnet_requests_pending") ?? 0;
    left.push({ what: "session", where: `connections of ${node.name}`, count: connections });
    left.push({ what: "entry", where: `requests of ${node.name}`, count: pending });
  }
  await backing.withRedis(async (redis) => {
    const entries = await redis.xLen(STREAM);
    left.push({ what: "entry", where: "the stream", count: entries });
    for (let bucket = 0; bucket < PRESENCE_BUCKETS; bucket++) {
      const users = await redis.hGetAll(presenceKey(bucket));
      for (const [user, value] of Object.entries(users)) {
        left.push({ what: "session", where: `presence of ${user}: ${value}`, count: 1 });
      }
    }
  });
  return left;
}
