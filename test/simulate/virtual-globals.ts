/**
 * Time, timers and chance of the whole runtime, taken over while a schedule runs: the product's
 * own calls of setTimeout, setImmediate, Math.random and the like go to the scheduler.
 */
import type { Random } from "../chaos/random.ts";
import type { Scheduler, SimProcess, Task } from "./scheduler.ts";

/** A turn of a process's loop takes so long at most, ms. */
const TURN_MS = 0.05;

/** Returns what puts everything back. */
export function takeOver(scheduler: Scheduler, random: Random): () => void {
  const before = {
    Date: Date.now,
    performance: performance.now,
    random: Math.random,
    uuid: crypto.randomUUID,
  };
  const restoreTimers = replaceTimers(scheduler, random);
  Date.now = () => scheduler.current.wallMs();
  performance.now = () => scheduler.now;
  Math.random = () => random.next();
  crypto.randomUUID = () => {
    const part = () => Math.floor(random.next() * 2 ** 32).toString(16);
    return `${part()}-${part()}-4-${part()}-${part()}` as ReturnType<typeof before.uuid>;
  };
  return () => {
    restoreTimers();
    Date.now = before.Date;
    performance.now = before.performance;
    Math.random = before.random;
    crypto.randomUUID = before.uuid;
  };
}

type Call = (...given: unknown[]) => void;

function replaceTimers(scheduler: Scheduler, random: Random): () => void {
  const names = ["setTimeout", "setInterval", "setImmediate"];
  const ends = ["clearTimeout", "clearInterval", "clearImmediate"];
  const before = new Map<string, unknown>();
  for (const name of [...names, ...ends]) before.set(name, Reflect.get(globalThis, name));
  const cancel = (task: Task | undefined): void => {
    if (task !== undefined) task.cancelled = true;
  };
  for (const name of ends) Reflect.set(globalThis, name, cancel);
  Reflect.set(globalThis, "setTimeout", (call: Call, ms = 0, ...given: unknown[]) =>
    scheduler.at(scheduler.current, scheduler.now + Math.max(1, ms), "timer", () => call(...given)),
  );
  Reflect.set(globalThis, "setImmediate", (call: Call, ...given: unknown[]) => {
    const owner = scheduler.current;
    return scheduler.at(owner, turnOf(scheduler, owner, random), "turn", () => call(...given));
  });
  // Nothing that is simulated uses it; who does is told, and not left to real time.
  Reflect.set(globalThis, "setInterval", () => {
    throw new Error("the simulation has no setInterval");
  });
  return () => {
    for (const [name, value] of before) Reflect.set(globalThis, name, value);
  };
}

/** The turns of one process keep their order; those of several interleave by chance. */
function turnOf(scheduler: Scheduler, owner: SimProcess, random: Random): number {
  owner.lastTurn = Math.max(owner.lastTurn, scheduler.now + random.next() * TURN_MS);
  return owner.lastTurn;
}
