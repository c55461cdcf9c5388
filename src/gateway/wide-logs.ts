/** The wide conversations that connections here follow, and how far each was published. */
import { SUBPROTOCOLS } from "../wire/frame.ts";
import type { Sessions, Socket } from "./sessions.ts";

interface Followed {
  /** The newest position that was published here; −1 when it is not known. */
  published: number;
  slots: Set<number>;
}

/** A wide conversation of who joins, as the tables had it. */
interface JoinedLog {
  conversationId: number;
  newest: number;
}

/** Where a lease began: what lies up to `pts`, or below `seq`, was not for that connection. */
export interface LeasedFrom {
  pts: number;
  seq: number;
}

/** The name that sockets of a framing subscribe to. */
export function wideName(conversationId: number, framing: string): string {
  return `${conversationId}/${framing}`;
}

export class WideLogs {
  readonly #followed = new Map<number, Followed>();
  readonly #bySlot = new Map<number, Set<number>>();
  /** "slot:conversation" → the newest position held back while that connection syncs the log. */
  readonly #syncing = new Map<string, number>();

  /** Slots that join, with what they were taken out of since what they follow began to be read. */
  readonly #joining = new Map<number, Set<number>>();
  /** "slot:conversation" → since when that connection has joined it, by a lease of its own. */
  readonly #leased = new Map<string, LeasedFrom>();

  /** Slots whose conversations changed since `noteChanges`. */
  #changed: Set<number> | undefined;

  /** For who compares with the store meanwhile: what changed since is newer than what was read. */
  noteChanges(): void {
    this.#changed = new Set();
  }

  hasChanged(slot: number): boolean {
    return this.#changed?.has(slot) ?? false;
  }

  get conversations(): IterableIterator<number> {
    return this.#followed.keys();
  }

  published(conversationId: number): number {
    return this.#followed.get(conversationId)?.published ?? -1;
  }

  setPublished(conversationId: number, conversationPts: number): void {
    const followed = this.#followed.get(conversationId);
    if (followed !== undefined) followed.published = conversationPts;
  }

  has(conversationId: number): boolean {
    return this.#followed.has(conversationId);
  }

  slotsOf(conversationId: number): ReadonlySet<number> {
    return this.#followed.get(conversationId)?.slots ?? NO_SLOTS;
  }

  ofSlot(slot: number): ReadonlySet<number> {
    return this.#bySlot.get(slot) ?? NO_SLOTS;
  }

  /** Before what the connection follows is read: a kick that comes meanwhile is newer. */
  beginJoin(slot: number): void {
    this.#changed?.add(slot);
    this.#joining.set(slot, new Set());
  }

  /** What was read has come; left out is what the connection was taken out of since. */
  endJoin(sessions: Sessions, slot: number, logs: readonly JoinedLog[]): void {
    const left = this.#joining.get(slot) ?? NO_SLOTS;
    this.#joining.delete(slot);
    for (const { conversationId, newest } of logs) {
      if (!left.has(conversationId)) this.follow(sessions, slot, conversationId, newest);
    }
  }

  follow(sessions: Sessions, slot: number, conversationId: number, published: number): void {
    const socket = sessions.socket(slot);
    if (socket === undefined) return;
    this.#joining.get(slot)?.delete(conversationId);
    this.#changed?.add(slot);
    let followed = this.#followed.get(conversationId);
    if (followed === undefined) {
      followed = { published, slots: new Set() };
      this.#followed.set(conversationId, followed);
    }
    followed.slots.add(slot);
    let conversations = this.#bySlot.get(slot);
    if (conversations === undefined) {
      conversations = new Set();
      this.#bySlot.set(slot, conversations);
    }
    conversations.add(conversationId);
    socket.subscribe(wideName(conversationId, sessions.framing(slot)));
  }

  /** The connection joins: until it leaves or ends it follows the log, and may send. */
  lease(sessions: Sessions, slot: number, conversationId: number, from: LeasedFrom): void {
    this.#leased.set(`${slot}:${conversationId}`, from);
    this.follow(sessions, slot, conversationId, -1);
  }

  hasJoined(slot: number, conversationId: number): boolean {
    return slot >= 0 && this.ofSlot(slot).has(conversationId);
  }

  leasedFrom(slot: number, conversationId: number): LeasedFrom | undefined {
    return this.#leased.get(`${slot}:${conversationId}`);
  }

  leasesOf(slot: number): number {
    let leases = 0;
    for (const id of this.ofSlot(slot)) if (this.leasedFrom(slot, id) !== undefined) leases += 1;
    return leases;
  }

  unfollow(sessions: Sessions, slot: number, conversationId: number): void {
    this.#changed?.add(slot);
    this.#joining.get(slot)?.add(conversationId);
    const socket = sessions.socket(slot);
    if (socket !== undefined) unsubscribe(socket, conversationId);
    this.#forget(slot, conversationId);
    const conversations = this.#bySlot.get(slot);
    conversations?.delete(conversationId);
    if (conversations?.size === 0) this.#bySlot.delete(slot);
  }

  /** The connection is gone; the socket's subscriptions went with it. */
  drop(slot: number): void {
    this.#changed?.add(slot);
    this.#joining.delete(slot);
    for (const conversationId of this.ofSlot(slot)) this.#forget(slot, conversationId);
    this.#bySlot.delete(slot);
  }

  #forget(slot: number, conversationId: number): void {
    this.#syncing.delete(`${slot}:${conversationId}`);
    this.#leased.delete(`${slot}:${conversationId}`);
    const followed = this.#followed.get(conversationId);
    followed?.slots.delete(slot);
    if (followed?.slots.size === 0) this.#followed.delete(conversationId);
  }

  /** While a connection pages through the log, what is published is held back from it. */
  beginSync(sessions: Sessions, slot: number, conversationId: number): void {
    if (!this.ofSlot(slot).has(conversationId)) return;
    const name = `${slot}:${conversationId}`;
    if (this.#syncing.has(name)) return;
    this.#syncing.set(name, this.published(conversationId));
    const socket = sessions.socket(slot);
    if (socket !== undefined) unsubscribe(socket, conversationId);
  }

  /** Whether the reading has reached what was published; then the connection is live again. */
  endSync(sessions: Sessions, slot: number, conversationId: number, reached: number): boolean {
    const name = `${slot}:${conversationId}`;
    if (!this.#syncing.has(name)) return true;
    if (reached < this.published(conversationId)) return false;
    this.#syncing.delete(name);
    sessions.socket(slot)?.subscribe(wideName(conversationId, sessions.framing(slot)));
    return true;
  }

  isSyncing(slot: number, conversationId: number): boolean {
    return this.#syncing.has(`${slot}:${conversationId}`);
  }

  /** Takes a connection out of push mode in all its wide conversations. */
  mute(sessions: Sessions, slot: number): void {
    for (const conversationId of this.ofSlot(slot)) {
      this.beginSync(sessions, slot, conversationId);
    }
  }
}

function unsubscribe(socket: Socket, conversationId: number): void {
  for (const framing of SUBPROTOCOLS) {
    const name = wideName(conversationId, framing);
    if (socket.isSubscribed(name)) socket.unsubscribe(name);
  }
}

const NO_SLOTS: ReadonlySet<number> = new Set();
