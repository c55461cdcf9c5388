// The rule for pts as a state machine: examples, then any order of pushes, pages and losses.
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type Entry, EventLog } from "../../../src/sdk/log.ts";

const positions = (entries: readonly Entry<string>[]) => entries.map((entry) => entry.position);
const entry = (position: number): Entry<string> => ({ position, event: `event ${position}` });

describe("a log applies what follows, drops what it has, and holds what comes too early", () => {
  test("the next one is applied", () => {
    const log = new EventLog<string>(4);
    expect(positions(log.offer(5, "a"))).toEqual([5]);
    expect(log.have).toBe(5);
    expect(log.behind).toBe(false);
  });

  test("one that it has is dropped", () => {
    const log = new EventLog<string>(4);
    expect(log.offer(4, "a")).toEqual([]);
    expect(log.offer(1, "a")).toEqual([]);
    expect(log.behind).toBe(false);
  });

  test("one that comes too early waits for those before it", () => {
    const log = new EventLog<string>(0);
    expect(log.offer(3, "c")).toEqual([]);
    expect(log.offer(2, "b")).toEqual([]);
    expect(log.behind).toBe(true);
    expect(log.offer(1, "a").map((one) => one.event)).toEqual(["a", "b", "c"]);
    expect(log.behind).toBe(false);
  });

  test("beyond its bound it forgets the event, not that there is one", () => {
    const log = new EventLog<string>(0, 2);
    for (const position of [2, 3, 4]) log.offer(position, "x");
    expect(positions(log.offer(1, "x"))).toEqual([1, 2, 3]);
    expect(log.behind).toBe(true);
  });

  test("a page steps over what has expired, a push does not", () => {
    const log = new EventLog<string>(0);
    expect(positions(log.page([entry(2), entry(5)], 7))).toEqual([2, 5]);
    expect(log.have).toBe(7);
    expect(log.offer(9, "x")).toEqual([]);
  });

  test("a page takes along what waited behind it", () => {
    const log = new EventLog<string>(0);
    log.offer(3, "c");
    log.offer(4, "d");
    expect(positions(log.page([entry(1), entry(2)], 2))).toEqual([1, 2, 3, 4]);
  });

  test("while it is held nothing is applied, and a restart goes on with what follows", () => {
    const log = new EventLog<string>(900);
    log.hold();
    // Numbers of another epoch: 901 would be taken for the next one.
    expect(log.offer(901, "x")).toEqual([]);
    expect(log.offer(3, "c")).toEqual([]);
    log.forget();
    log.hold();
    expect(log.offer(3, "c")).toEqual([]);
    expect(positions(log.restart(2))).toEqual([3]);
    expect(log.have).toBe(3);
  });
});

/** What happens to the log of a client, in a random order. */
type Step =
  | { kind: "push"; position: number }
  | { kind: "page"; size: number }
  | { kind: "forget" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("push" as const), position: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("page" as const), size: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "forget" as const }) },
);

test("any loss, repetition and order of pushes and pages ends in the server's log", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 8 }),
      (steps, expired, waitingMax) => {
        const server = Array.from({ length: 60 }, (_, index) => index + 1);
        const gone = new Set(expired);
        const log = new EventLog<string>(0, waitingMax);
        const applied: Entry<string>[] = [];
        const page = (size: number) => {
          const end = Math.min(60, log.have + size);
          const there = server.slice(log.have, end).filter((position) => !gone.has(position));
          applied.push(...log.page(there.map(entry), end));
        };
        for (const one of steps) {
          // What has expired is pushed no more; position 0 stands for a frame that got lost.
          if (one.kind === "push" && one.position > 0 && !gone.has(one.position)) {
            applied.push(...log.offer(one.position, `event ${one.position}`));
          } else if (one.kind === "page") {
            page(one.size);
          } else if (one.kind === "forget") {
            log.forget();
          }
        }
        while (log.have < 60) page(5);
        expect(applied).toEqual(server.filter((position) => !gone.has(position)).map(entry));
      },
    ),
    { numRuns: 500 },
  );
});
