/**
 * Virtual time for a whole world of processes: one heap of tasks, run one after the other, each
 * with all promises that it makes ready. What a process schedules belongs to it: a process that is
 * paused has its tasks put off, one that is dead loses them.
 */
import { drainMicrotasks } from "bun:jsc";
import type { Clock } from "../../src/base/clock.ts";
import type { ClientClock } from "../../src/sdk/clock.ts";
import type { Trace } from "./trace.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);

/** A machine's process as the scheduler sees it. */
export class SimProcess implements Clock, ClientClock {
  readonly name: string;
  readonly #scheduler: Scheduler;
  alive = true;
  pausedUntil = 0;
  /** How far its wall clock is off, ms. */
  skewMs = 0;
  lastTurn = 0;

  constructor(scheduler: Scheduler, name: string) {
    this.#scheduler = scheduler;
    this.name = name;
  }

  wallMs(): number {
    return Math.floor(EPOCH_MS + this.#scheduler.now + this.skewMs);
  }

  monotonicMs(): number {
    return this.#scheduler.now;
  }

  now(): number {
    return this.wallMs();
  }

  after(ms: number, call: () => void): () => void {
    const task = this.#scheduler.at(this, this.#scheduler.now + Math.max(ms, 0), "timer", call);
    return () => {
      task.cancelled = true;
    };
  }
}

export interface Task {
  time: number;
  order: number;
  owner: SimProcess;
  name: string;
  call: () => void;
  cancelled: boolean;
}

export class Scheduler {
  readonly trace: Trace;
  readonly #heap: Task[] = [];
  #order = 0;
  now = 0;
  tasksRun = 0;
  /** Postgres, Redis and the network, which no fault of a process touches. */
  readonly outside: SimProcess;
  current: SimProcess;

  constructor(trace: Trace) {
    this.trace = trace;
    this.outside = new SimProcess(this, "outside");
    this.current = this.outside;
  }

  at(owner: SimProcess, time: number, name: string, call: () => void): Task {
    const task = { time, order: this.#order++, owner, name, call, cancelled: false };
    this.#push(task);
    return task;
  }

  /** Runs `call` as if it were a task of that process, at once. */
  as(owner: SimProcess, call: () => void): void {
    const before = this.current;
    this.current = owner;
    call();
    drainMicrotasks();
    this.current = before;
  }

  /** Runs what is due until `until`, or until `stop` says so; true when stopped. */
  run(until: number, stop: () => boolean): boolean {
    for (let task = this.#heap[0]; task !== undefined; task = this.#heap[0]) {
      if (task.time > until) break;
      this.#pop();
      if (task.cancelled || !task.owner.alive) continue;
      if (task.owner.pausedUntil > task.time) {
        task.time = task.owner.pausedUntil;
        task.order = this.#order++;
        this.#push(task);
        continue;
      }
      this.now = task.time;
      this.tasksRun += 1;
      this.trace.step(task.time, task.owner.name, task.name);
      this.current = task.owner;
      task.call();
      drainMicrotasks();
      if (stop()) return true;
    }
    this.now = Math.max(this.now, until);
    return false;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Task;
      if (!isBefore(task, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Task)) child += 1;
      const below = heap[child] as Task;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
