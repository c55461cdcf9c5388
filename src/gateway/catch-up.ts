/**
 * How a connection that pages through a log becomes live again, without a gap or a repeat: pushes
 * are held back from the request on; the page that reaches the newest of them turns it live in the
 * tick in which it is sent.
 */
import type { Page } from "../inbox/difference.ts";
import { type Sessions, STATE } from "./sessions.ts";
import type { LeasedFrom, WideLogs } from "./wide-logs.ts";

export class CatchUp {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;

  constructor(sessions: Sessions, wideLogs: WideLogs) {
    this.#sessions = sessions;
    this.#wideLogs = wideLogs;
  }

  begin(slot: number): void {
    const sessions = this.#sessions;
    if (sessions.states[slot] === STATE.joining) return;
    const delivered = sessions.delivered[slot] as number;
    if (delivered > (sessions.held[slot] as number)) sessions.held[slot] = delivered;
    sessions.states[slot] = STATE.syncing;
  }

  /** Whether a page that reaches `position` is the last one. */
  isFinal(slot: number, position: number): boolean {
    return position >= (this.#sessions.held[slot] as number);
  }

  /** To be called in the tick in which the final page is sent. */
  live(slot: number, position: number): void {
    const sessions = this.#sessions;
    if (sessions.states[slot] !== STATE.syncing) return;
    sessions.delivered[slot] = position;
    sessions.states[slot] = STATE.live;
  }

  /** Where the connection has joined a conversation by a lease of its own. */
  leasedFrom(slot: number, conversationId: number): LeasedFrom | undefined {
    return this.#wideLogs.leasedFrom(slot, conversationId);
  }

  beginWide(slot: number, conversationId: number): void {
    this.#wideLogs.beginSync(this.#sessions, slot, conversationId);
  }

  isWideFinal(conversationId: number, page: Page): boolean {
    return (
      page.position >= page.newest && page.position >= this.#wideLogs.published(conversationId)
    );
  }

  liveWide(slot: number, conversationId: number, position: number): void {
    this.#wideLogs.endSync(this.#sessions, slot, conversationId, position);
  }
}
