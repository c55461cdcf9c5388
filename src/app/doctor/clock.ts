/** Compares this machine's wall clock with those of Postgres and Redis. */
import type { Clock } from "../../base/clock.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** Snowflakes, `ttl` and tickets bear this. */
const DIFFERENCE_MS = 1000;
/** A ticket made at one gateway is over at another. */
const WRONG_MS = 30_000;

/** `read` answers the other's wall clock in ms; what the way takes is halved. */
export async function compareClock(
  other: string,
  clock: Clock,
  read: () => Promise<number>,
): Promise<Finding> {
  const before = clock.wallMs();
  const theirs = await read();
  const after = clock.wallMs();
  return judgeClock(other, theirs - (before + after) / 2, after - before);
}

/** `differenceMs`: theirs less ours, `uncertainMs`: how long asking took. */
export function judgeClock(other: string, differenceMs: number, uncertainMs: number): Finding {
  const check = `Clock of ${other}`;
  const apart = Math.max(0, Math.abs(differenceMs) - uncertainMs / 2);
  const what = `${Math.round(Math.abs(differenceMs))} ms ${differenceMs < 0 ? "behind" : "ahead"}`;
  const mend = "timedatectl set-ntp true (or chronyc makestep), on both machines";
  if (apart <= DIFFERENCE_MS) return ok(check, what);
  return apart <= WRONG_MS ? warning(check, what, mend) : wrong(check, what, mend);
}
