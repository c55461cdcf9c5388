/** When to come back after a connection ended: by the close code, with full jitter otherwise. */
import { CLOSE } from "../wire/errors.ts";
import type { Random } from "./clock.ts";

export const RECONNECT = {
  firstMs: 500,
  maxMs: 20_000,
  /** A connection that lived this long begins the schedule anew. */
  stableMs: 5000,
  /** No server may send us away for longer than this. */
  drainMaxMs: 600_000,
} as const;

export type Comeback =
  | { readonly stop: true; readonly reason: string }
  | { readonly stop: false; readonly delayMs: number };

/** `attempt` counts the connections that failed or ended early before this one, from 0. */
export function comeback(code: number, reason: string, attempt: number, random: Random): Comeback {
  if (code >= 4000 && code < 4100) return { stop: true, reason: stopReason(code, reason) };
  if (code === CLOSE.draining) {
    // The server gives everyone whom it sends away another moment: the spreading is done.
    const ms = Number(reason);
    if (reason !== "" && ms >= 0) {
      return { stop: false, delayMs: Math.min(ms, RECONNECT.drainMaxMs) };
    }
  }
  return { stop: false, delayMs: jitterMs(attempt, random, RECONNECT.firstMs, RECONNECT.maxMs) };
}

/** Even over [firstMs, ceiling), where the ceiling doubles from 2 × firstMs to maxMs. */
export function jitterMs(attempt: number, random: Random, firstMs: number, maxMs: number): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(attempt + 1, 30), maxMs);
  return firstMs + random() * (ceiling - firstMs);
}

function stopReason(code: number, reason: string): string {
  if (reason !== "") return reason;
  if (code === CLOSE.replaced) return "replaced by a newer login";
  if (code === CLOSE.kicked) return "kicked, or the token was revoked";
  return code === CLOSE.banned ? "banned" : `closed with code ${code}`;
}
