/** All logs that a client follows: its own, and that of each wide conversation it is in. */
import { CMD } from "../wire/commands.ts";
import type { Envelope } from "../wire/envelope.ts";
import { numberOf } from "./data.ts";
import { EventLog } from "./log.ts";
import type { Cursor } from "./store.ts";

/** `own`, or the id of a wide conversation. */
export type LogName = "own" | number;

/** One event of a log, in its place. */
export interface LogEvent {
  readonly log: LogName;
  /** `pts` in the own log, `conversationPts` in a wide one. */
  readonly position: number;
  readonly envelope: Envelope;
}

/** Where an event stands, or undefined when it is transient. */
export function placeOf(envelope: Envelope): { log: LogName; position: number } | undefined {
  const { pts, conversationPts } = envelope.messageExtra ?? {};
  if (pts !== undefined) return { log: "own", position: pts };
  const conversationId = envelope.route?.conversationId;
  if (conversationPts === undefined || conversationId === undefined) return undefined;
  return { log: conversationId, position: conversationPts };
}

export class Logs {
  epoch = "";
  /** The conversation list has to be read before it is known which wide logs there are. */
  listDue = false;
  own = new EventLog<Envelope>(0);
  #wide = new Map<number, EventLog<Envelope>>();
  /** Up to where the logs were had that are followed no more. */
  #left = new Map<number, number>();

  load(cursor: Cursor): void {
    this.epoch = cursor.epoch;
    this.listDue = cursor.listDue;
    this.own = new EventLog(cursor.pts);
    this.#wide.clear();
    for (const id in cursor.wide) this.#wide.set(Number(id), new EventLog(cursor.wide[id] ?? 0));
  }

  cursor(): Cursor {
    const wide: Record<string, number> = {};
    for (const [id, log] of this.#wide) wide[id] = log.have;
    return { epoch: this.epoch, pts: this.own.have, wide, listDue: this.listDue };
  }

  get(name: LogName): EventLog<Envelope> | undefined {
    return name === "own" ? this.own : this.#wide.get(name);
  }

  wideIds(): number[] {
    return [...this.#wide.keys()];
  }

  get wideCount(): number {
    return this.#wide.size;
  }

  /** Follows the log of a wide conversation from after `position`, unless it is ahead of that. */
  follow(conversationId: number, position: number): void {
    const log = this.#wide.get(conversationId);
    if (log !== undefined && log.have >= position) return;
    // He may have been away and back before this log's events said so, and have some already.
    const left = this.#left.get(conversationId) ?? 0;
    this.#wide.set(conversationId, new EventLog(Math.max(position, left)));
  }

  unfollow(conversationId: number): void {
    const log = this.#wide.get(conversationId);
    if (log !== undefined) this.#left.set(conversationId, log.have);
    this.#wide.delete(conversationId);
  }

  /** Of another epoch: what was had of it is nothing. */
  unfollowAll(): void {
    this.#wide.clear();
    this.#left.clear();
  }

  /** The connection is gone. */
  forget(): void {
    this.own.forget();
    for (const log of this.#wide.values()) log.forget();
  }

  /** The server is of another epoch: what it pushes can't be placed until it said `reset`. */
  hold(): void {
    this.own.hold();
    for (const log of this.#wide.values()) log.hold();
  }
}

/** A conversation that was joined from this connection, for as long as it lasts: from where on. */
export function attendedFrom(
  envelope: Envelope,
): { conversationId: number; position: number } | undefined {
  const conversationId = envelope.route?.conversationId;
  const data = envelope.content?.data ?? {};
  if (envelope.cmd !== CMD.conversationUpdate || conversationId === undefined) return undefined;
  if (data["wide"] !== true) return undefined;
  return { conversationId, position: numberOf(data, "conversationPts", 0) };
}

/** What an event of the own log says about which wide logs to follow. */
export function followChange(
  event: LogEvent,
  userId: string,
): { follow: boolean; conversationId: number; position: number } | undefined {
  const { cmd, route, content } = event.envelope;
  const conversationId = route?.conversationId;
  if (event.log !== "own" || conversationId === undefined) return undefined;
  const data = content?.data ?? {};
  if (cmd === CMD.conversationUpdate && data["wide"] === true) {
    return { follow: true, conversationId, position: numberOf(data, "conversationPts", 0) };
  }
  if (cmd !== CMD.groupLeave) return undefined;
  // From when the group was narrow, the departure of others stands in this log too.
  const gone = data["userIds"];
  if (Array.isArray(gone) && gone.length > 0 && !gone.includes(userId)) return undefined;
  return { follow: false, conversationId, position: 0 };
}
