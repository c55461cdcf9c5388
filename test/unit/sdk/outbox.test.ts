// The order of sends, and what is sent again when.
import { describe, expect, test } from "bun:test";
import type { Answer } from "../../../src/sdk/connection.ts";
import { Outbox, type OutboxEntry } from "../../../src/sdk/outbox.ts";
import type { SendResult } from "../../../src/sdk/send.ts";
import { DIRECTION, type Envelope } from "../../../src/wire/envelope.ts";
import { FakeClock } from "./fake-time.ts";

interface OnWire {
  localId: string;
  done(answer: Answer): void;
}

function setUp() {
  const clock = new FakeClock();
  const wire: OnWire[] = [];
  const settled: SendResult[] = [];
  const state = { online: true };
  const outbox = new Outbox({
    clock,
    random: () => 0.5,
    transmit(entry, done) {
      if (state.online) wire.push({ localId: entry.localId, done });
      return state.online;
    },
    settled: (_entry, result) => settled.push(result),
  });
  let order = 0;
  const add = (localId: string, conversationId: number) =>
    outbox.add(entryOf(localId, conversationId, ++order));
  const names = () => wire.map((frame) => frame.localId);
  return { clock, wire, settled, state, outbox, add, names };
}

function entryOf(localId: string, conversationId: number, order: number): OutboxEntry {
  const envelope: Envelope = {
    direction: DIRECTION.request,
    cmd: 1,
    header: { localId },
    route: { conversationId },
  };
  return { localId, order, envelope };
}

const answer = (code: number): Envelope => ({
  direction: DIRECTION.response,
  cmd: 1,
  response: { code },
});

describe("the outbox keeps the order of a conversation", () => {
  test("one message of a conversation is on the wire at a time, others overtake it", () => {
    const { add, names, wire, settled } = setUp();
    add("a1", 1);
    add("a2", 1);
    add("b1", 2);
    expect(names()).toEqual(["a1", "b1"]);
    wire[0]?.done(answer(200));
    expect(names()).toEqual(["a1", "b1", "a2"]);
    expect(settled.map((result) => [result.localId, result.ok])).toEqual([["a1", true]]);
  });

  test("a lost connection sends the same message again when there is another", () => {
    const { add, names, wire, settled, state, outbox } = setUp();
    add("a1", 1);
    add("a2", 1);
    state.online = false;
    wire[0]?.done("lost");
    expect(names()).toEqual(["a1"]);
    state.online = true;
    outbox.pump();
    expect(names()).toEqual(["a1", "a1"]);
    wire[1]?.done(answer(200));
    expect(names()).toEqual(["a1", "a1", "a2"]);
    expect(settled).toHaveLength(1);
  });

  test("a refusal for good settles it with its code, and the next goes", () => {
    const { add, names, wire, settled, outbox } = setUp();
    add("a1", 1);
    add("a2", 1);
    wire[0]?.done(answer(1006));
    expect(settled[0]).toMatchObject({ ok: false, code: 1006, message: "not friends" });
    expect(names()).toEqual(["a1", "a2"]);
    expect(outbox.size).toBe(1);
  });
});

describe("what is refused for now is sent again, later and with the same localId", () => {
  for (const code of [429, 503]) {
    test(`${code} holds up everything`, async () => {
      const { add, names, wire, clock, settled } = setUp();
      add("a1", 1);
      wire[0]?.done(answer(code));
      add("b1", 2);
      expect(names()).toEqual(["a1"]);
      await clock.advance(299);
      expect(names()).toEqual(["a1"]);
      await clock.advance(2);
      expect(names().sort()).toEqual(["a1", "a1", "b1"]);
      expect(settled).toEqual([]);
    });
  }

  test("504 and a missing answer hold up their conversation alone", async () => {
    const { add, names, wire, clock } = setUp();
    add("a1", 1);
    add("a2", 1);
    wire[0]?.done(answer(504));
    add("b1", 2);
    expect(names()).toEqual(["a1", "b1"]);
    wire[1]?.done("late");
    await clock.advance(1000);
    expect(names()).toEqual(["a1", "b1", "a1", "b1"]);
  });

  test("each time it waits longer, up to 10 s", async () => {
    const { add, wire, clock } = setUp();
    add("a1", 1);
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      wire.at(-1)?.done(answer(503));
      waits.push(clock.nextMs ?? 0);
      await clock.advance(10_000);
    }
    expect(waits).toEqual([300, 500, 900, 1700, 3300, 5100, 5100, 5100, 5100]);
  });
});
