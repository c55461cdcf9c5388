/** Records for a gateway whose lease is gone wait a while for it, in order. */
import { expect, test } from "bun:test";
import { HeldRecords } from "../../../src/delivery/held-records.ts";

function scene() {
  const clock = { nowMs: 0, wallMs: () => 0, monotonicMs: () => clock.nowMs };
  const held = new HeldRecords(clock);
  const given: string[] = [];
  const living = new Set<string>();
  const deliver = (id: string, record: Buffer): Promise<boolean> => {
    if (living.has(id)) given.push(`${id} ${record.toString()}`);
    return Promise.resolve(living.has(id));
  };
  return { clock, held, given, living, retry: () => held.retry(deliver) };
}

test("a gateway that comes back gets what was held, in order and once", async () => {
  const { held, given, living, retry } = scene();
  held.hold("a", Buffer.from("1"));
  held.hold("b", Buffer.from("2"));
  held.hold("a", Buffer.from("3"));
  await retry();
  expect(given).toEqual([]);
  living.add("a");
  await retry();
  await retry();
  expect(given).toEqual(["a 1", "a 3"]);
  expect([held.has("a"), held.has("b")]).toEqual([false, true]);
});

test("a record is kept as it was, whatever becomes of the buffer", async () => {
  const { held, given, living, retry } = scene();
  const buffer = Buffer.from("first");
  held.hold("a", buffer);
  buffer.fill("x");
  living.add("a");
  await retry();
  expect(given).toEqual(["a first"]);
});

test("what a dead gateway would have got is dropped after three seconds", async () => {
  const { clock, held, retry } = scene();
  held.hold("dead", Buffer.from("1"));
  clock.nowMs = 2999;
  await retry();
  expect(held.has("dead")).toBe(true);
  clock.nowMs = 3000;
  await retry();
  expect(held.has("dead")).toBe(false);
});

test("no more than 8 MiB are held", () => {
  const { held } = scene();
  for (let i = 0; i < 9; i++) held.hold(`g${i}`, Buffer.alloc(1 << 20));
  expect([held.has("g7"), held.has("g8")]).toEqual([true, false]);
});
