/** One log as a client holds it: what was applied, in order, and what came too early. */

import type { Envelope } from "./framing.ts";

export interface LogEvent {
  /** Position in the log. */
  n: number;
  cmd: number;
  conversationId: string;
  seq: number | undefined;
  messageId: string | undefined;
  localId: string | undefined;
  text: string | undefined;
  hidden: boolean;
  envelope: Envelope | undefined;
}

export class LogCursor {
  /** The position up to which everything is applied. */
  have: number;
  /** The position at which this client began; what lies before is not its. */
  readonly from: number;
  readonly events: LogEvent[] = [];
  readonly faults: string[] = [];
  dropped = 0;
  readonly #name: string;
  readonly #ahead = new Map<number, LogEvent>();

  constructor(name: string, have = 0) {
    this.#name = name;
    this.have = have;
    this.from = have;
  }

  /** True while something has come that can't be applied yet. */
  get waits(): boolean {
    return this.#ahead.size > 0;
  }

  /** The client's rule: n = have + 1 apply; n ≤ have drop; else keep it and wait. */
  offer(event: LogEvent, apply: (event: LogEvent) => void): void {
    if (event.n <= this.have) {
      this.dropped += 1;
      this.#compare(event);
      return;
    }
    this.#ahead.set(event.n, event);
    this.#drain(apply);
  }

  /** A page has ended at `position`; numbers that it left out are faults in a gapless log. */
  reach(position: number, apply: (event: LogEvent) => void): void {
    if (position > this.have) {
      this.faults.push(`${this.#name}: a page skips ${this.have + 1}..${position}`);
      this.have = position;
    }
    for (const n of this.#ahead.keys()) if (n <= this.have) this.#ahead.delete(n);
    this.#drain(apply);
  }

  #drain(apply: (event: LogEvent) => void): void {
    for (;;) {
      const next = this.#ahead.get(this.have + 1);
      if (!next) return;
      this.#ahead.delete(next.n);
      this.have = next.n;
      this.events.push(next);
      apply(next);
    }
  }

  /** What comes a second time under a number must be what came first. */
  #compare(event: LogEvent): void {
    const first = this.events[event.n - 1 - this.from];
    if (!first || first.n !== event.n) return;
    if (first.messageId !== event.messageId && first.messageId && event.messageId) {
      this.faults.push(
        `${this.#name}: number ${event.n} was message ${first.messageId}, then ${event.messageId}`,
      );
    }
  }
}

export function eventOf(envelope: Envelope, n: number): LogEvent {
  const extra = envelope.messageExtra;
  return {
    n,
    cmd: Number(envelope.cmd),
    conversationId: String(envelope.route?.conversationId ?? ""),
    seq: extra?.conversationSeq,
    messageId: extra?.messageId,
    localId: envelope.header?.localId,
    text: envelope.content?.text,
    hidden: extra?.hidden === true,
    envelope,
  };
}
