// The ring of requests that wait: each is closed once, the oldest are overdue first, a full ring
// takes nothing, and numbers go round without meaning two requests.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { answerOf } from "../../../src/path/outcome.ts";
import { Pending } from "../../../src/path/pending.ts";
import { CODE } from "../../../src/wire/errors.ts";

const take = (pending: Pending, slot: number, nowMs = 0) =>
  pending.take(slot, slot + 100, 1, `local-${slot}`, nowMs);

test("a request is closed once, with what it was taken with", () => {
  const pending = new Pending(8);
  const request = take(pending, 3);
  const waiting = { slot: 3, generation: 103, cmd: 1, localId: "local-3", resolve: undefined };
  expect(pending.close(request)).toEqual(waiting);
  expect(pending.close(request)).toBeUndefined();
  expect(pending.close(request + 1)).toBeUndefined();
  expect(pending.close(0)).toBeUndefined();
});

test("whoever waits by a function is called with its own answer", () => {
  const pending = new Pending(8);
  const codes: number[] = [];
  const request = pending.takeFor((answer) => codes.push(answer.code), 0);
  pending.close(request)?.resolve?.(answerOf(request, CODE.ok));
  expect(codes).toEqual([CODE.ok]);
});

test("a full ring takes nothing until its oldest request is closed", () => {
  const pending = new Pending(4);
  const requests = [1, 2, 3, 4].map((slot) => take(pending, slot));
  expect(take(pending, 5)).toBe(0);
  pending.close(requests[1] ?? 0);
  expect(take(pending, 5)).toBe(0);
  pending.close(requests[0] ?? 0);
  expect(take(pending, 5)).toBeGreaterThan(0);
  expect(take(pending, 6)).toBeGreaterThan(0);
  expect(take(pending, 7)).toBe(0);
});

test("overdue are those that were taken before and are open, oldest first", () => {
  const pending = new Pending(8);
  const [a, b, c] = [take(pending, 1, 10), take(pending, 2, 20), take(pending, 3, 30)];
  expect(pending.overdue(10)).toEqual([]);
  expect(pending.overdue(30)).toEqual([a, b]);
  pending.close(a);
  expect(pending.overdue(31)).toEqual([b, c]);
});

test("numbers fit into 32 bits, are never 0 and mean one request while they go round", () => {
  const steps = fc.array(fc.nat(9), { minLength: 30, maxLength: 120 });
  fc.assert(
    fc.property(steps, fc.nat(20), (choices, before) => {
      const pending = new Pending(8, 2 ** 32 - before);
      const open = new Map<number, number>();
      for (const [slot, choice] of choices.entries()) {
        const request = take(pending, slot);
        if (request > 0) {
          expect(open.has(request)).toBe(false);
          expect(request).toBeLessThan(2 ** 32);
          open.set(request, slot);
        }
        expect(pending.overdue(1)).toEqual([...open.keys()]);
        const [number, held] = [...open][choice] ?? [];
        if (number === undefined) continue;
        expect(pending.close(number)?.slot).toBe(held ?? -9);
        open.delete(number);
      }
      for (const [number, held] of open) expect(pending.close(number)?.slot).toBe(held);
    }),
  );
});

test("the lower its priority, the sooner a request is refused when the line stands", () => {
  const pending = new Pending(8, 1, 1000);
  take(pending, 1, 0);
  const refused = (nowMs: number) =>
    [1, 2, 3, 4, 5, 9].filter((priority) => pending.isCrowded(priority, nowMs));
  expect(refused(200)).toEqual([]);
  expect(refused(201)).toEqual([1]);
  expect(refused(601)).toEqual([1, 2, 3]);
  expect(refused(999)).toEqual([1, 2, 3, 4]);
});
