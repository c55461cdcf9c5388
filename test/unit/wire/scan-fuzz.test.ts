/** The hand-written protobuf reader against the generated code, on frames good and bad. */
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import { createCodecs } from "../../../src/wire/codec.ts";
import { CMD } from "../../../src/wire/commands.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import { linnet } from "../../../src/wire/generated/envelope.js";
import { contentOf, optionsOf } from "../../../src/wire/content-bytes.ts";
import type { Inbound } from "../../../src/wire/frame.ts";
import { createInbound, fillInbound } from "../../../src/wire/inbound.ts";
import { startReading } from "../../../src/wire/plain-fields.ts";
import { readEnvelope } from "../../../src/wire/plain-read.ts";
import { envelopes } from "./arbitrary.ts";

/** For a machine that others use too; it asserts no speed. */
setDefaultTimeout(60_000);

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 1000);
const codecs = createCodecs();

/** What the generated code makes of a request: an envelope, a code, or that it can't be read. */
function oracle(frame: Uint8Array): { envelope?: Envelope; code: number } {
  let message: InstanceType<typeof linnet.v1.Envelope>;
  try {
    message = linnet.v1.Envelope.decode(frame);
  } catch {
    return { code: 1004 };
  }
  const reading = startReading("proto", CMD.error);
  reading.request = true;
  const envelope = readEnvelope(message, reading);
  return envelope ? { envelope, code: 0 } : { code: reading.code };
}

/** The scanner passes over these, whatever stands in them. */
function withoutIgnored(frame: Uint8Array): Uint8Array {
  return dropFields(frame, [0x42, 0x4a]);
}

function agree(frame: Uint8Array): void {
  const into = createInbound();
  const guarded = guard(frame);
  const code = codecs.proto.read(guarded, into);
  const expected = oracle(withoutIgnored(frame));
  if (expected.code === 0 && code !== 0) {
    // The generated code passes over varints of any length; the scanner stops at ten bytes.
    expect([1004, 1005]).toContain(code);
    if (code === 1005) expect(into.problem).toBe("cmd: absent");
    else expect(hasLongVarint(frame)).toBe(true);
    return;
  }
  // Which of several problems is named first may differ.
  expect(code === 0).toBe(expected.code === 0);
  if (expected.envelope === undefined) return;
  const wanted = createInbound();
  fillInbound(wanted, expected.envelope);
  expect(scalars(into)).toEqual(scalars(wanted));
  const { cmd, direction, content, options } = expected.envelope;
  expect(contentOf(into.content, cmd, direction)).toEqual(content ?? {});
  expect(optionsOf(into.options)).toEqual(options ?? {});
}

function scalars(into: Inbound): object {
  const { content: _content, options: _options, ...rest } = into;
  return rest;
}

/** A view into a larger buffer: reading outside of it would find these bytes and change results. */
function guard(frame: Uint8Array): Uint8Array {
  const around = new Uint8Array(frame.length + 64).fill(0x0a);
  around.set(frame, 32);
  return around.subarray(32, 32 + frame.length);
}

function hasLongVarint(frame: Uint8Array): boolean {
  let run = 0;
  for (const byte of frame) {
    run = byte >= 0x80 ? run + 1 : 0;
    if (run >= 10) return true;
  }
  return false;
}

/** The frame without some top-level fields, as far as it can be walked. */
function dropFields(frame: Uint8Array, dropped: readonly number[]): Uint8Array {
  const kept: number[] = [];
  let at = 0;
  while (at < frame.length) {
    const start = at;
    const next = walkField(frame, at);
    if (next < 0) break;
    if (!dropped.includes(varint(frame, at)[0])) kept.push(...frame.subarray(start, next));
    at = next;
  }
  return new Uint8Array([...kept, ...frame.subarray(at)]);
}

/** Where the field that begins at `at` ends, −1 for what this simple walk doesn't know: groups. */
function walkField(frame: Uint8Array, at: number): number {
  const [tag, start] = varint(frame, at);
  if (start < 0) return -1;
  switch (tag & 7) {
    case 0:
      return varint(frame, start)[1];
    case 1:
      return within(frame, start + 8);
    case 2: {
      const [size, from] = varint(frame, start);
      return from < 0 ? -1 : within(frame, from + size);
    }
    case 5:
      return within(frame, start + 4);
    default:
      return -1;
  }
}

function within(frame: Uint8Array, end: number): number {
  return end <= frame.length ? end : -1;
}

/** Its value and where it ends, −1 when it doesn't. */
function varint(frame: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = frame[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [0, -1];
}

function requestBytes(): fc.Arbitrary<Uint8Array> {
  return envelopes([1]).map((envelope) => {
    const { response: _response, messageExtra: _extra, ...request } = envelope;
    return new Uint8Array(codecs.proto.encode(request) as Uint8Array);
  });
}

test("agrees on valid requests", () => {
  fc.assert(fc.property(requestBytes(), agree), { numRuns: RUNS });
});

test("agrees on two frames joined, which protobuf merges", () => {
  const pairs = fc.tuple(requestBytes(), requestBytes()).map(([first, second]) => {
    return new Uint8Array([...first, ...second]);
  });
  fc.assert(fc.property(pairs, agree), { numRuns: RUNS });
});

test("agrees on truncated requests", () => {
  const cut = fc.tuple(requestBytes(), fc.nat()).map(([frame, at]) => {
    return frame.subarray(0, frame.length === 0 ? 0 : at % frame.length);
  });
  fc.assert(fc.property(cut, agree), { numRuns: RUNS });
});

test("agrees on requests with changed bytes", () => {
  const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  const changed = fc.tuple(requestBytes(), change).map(([frame, changes]) => {
    const copy = new Uint8Array(frame);
    for (const [at, byte] of changes) if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
  fc.assert(fc.property(changed, agree), { numRuns: RUNS * 2 });
});

test("agrees on random bytes, among them tags of the schema", () => {
  const likely = fc.constantFrom(0x08, 0x10, 0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x0a, 0x01, 0x0b);
  const bytes = fc.array(fc.oneof(likely, fc.nat(16), fc.nat(255)), { maxLength: 40 });
  const frames = bytes.map((values) => new Uint8Array(values));
  fc.assert(fc.property(frames, agree), { numRuns: RUNS * 2 });
});

test("groups nest as deeply as in the generated code, and no deeper", () => {
  for (const depth of [1, 50, 100, 101, 102, 103, 200, 100_000]) {
    const open = new Uint8Array(depth).fill(0x7b);
    const close = new Uint8Array(depth).fill(0x7c);
    agree(new Uint8Array([0x10, 1, ...open, ...close]));
  }
});
