/** No input makes a codec throw, and what all framings can say they read alike. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { createCodecs } from "../../../src/wire/codec.ts";
import type { Inbound } from "../../../src/wire/frame.ts";
import { FRAMINGS } from "../../../src/wire/frame.ts";
import { createInbound } from "../../../src/wire/inbound.ts";
import { envelopes } from "./arbitrary.ts";

/** For a machine that others use too; it asserts no speed. */
setDefaultTimeout(60_000);

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 500);
const codecs = createCodecs();

function takes(framing: (typeof FRAMINGS)[number], frame: string | Uint8Array): void {
  const into = createInbound();
  const code = codecs[framing].read(frame, into);
  expect([0, 413, 1004, 1005]).toContain(code);
  expect(into.problem === "").toBe(code === 0);
  codecs[framing].decode(frame);
}

test("every envelope comes back as it was, in every framing", () => {
  fc.assert(
    fc.property(envelopes(), (envelope) => {
      for (const framing of FRAMINGS) {
        expect(codecs[framing].decode(codecs[framing].encode(envelope))).toEqual(envelope);
      }
    }),
    { numRuns: RUNS },
  );
});

test("a request is read alike in every framing", () => {
  fc.assert(
    fc.property(envelopes([1]), (envelope) => {
      const results = FRAMINGS.map((framing) => {
        const into = createInbound();
        const code = codecs[framing].read(codecs[framing].encode(envelope), into);
        return { code, ...into, content: bytesOf(into.content), options: bytesOf(into.options) };
      });
      expect(results[1]).toEqual(results[0] as (typeof results)[0]);
      expect(results[2]).toEqual(results[0] as (typeof results)[0]);
    }),
    { numRuns: RUNS },
  );
});

function bytesOf({ bytes, start, end }: Inbound["content"]): string {
  return Buffer.from(bytes.subarray(start, end)).toString("hex");
}

test("JSON of any value and any text is taken or refused", () => {
  const keys = fc.constantFrom("cmd", "header", "route", "content", "data", "__proto__", "target");
  const values = fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue())));
  fc.assert(
    fc.property(values, (value) => takes("json", JSON.stringify(value))),
    { numRuns: RUNS },
  );
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => takes("json", text)));
});

test("MessagePack of any value and any bytes is taken or refused", () => {
  const keys = fc.constantFrom("cmd", "header", "route", "content", "data", "extension", "target");
  const leaf = fc.oneof(
    fc.jsonValue(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 9 }),
    fc.double(),
  );
  const values = fc.dictionary(keys, fc.oneof(leaf, fc.dictionary(keys, leaf)));
  fc.assert(
    fc.property(values, (value) => takes("msgpack", encode(value, { useBigInt64: true }))),
    { numRuns: RUNS },
  );
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, (frame) => takes("msgpack", frame)),
    { numRuns: RUNS },
  );
});

test("changed MessagePack frames are taken or refused", () => {
  fc.assert(
    fc.property(envelopes([1]), fc.nat(), fc.nat(255), (envelope, at, byte) => {
      const frame = new Uint8Array(codecs.msgpack.encode(envelope) as Uint8Array);
      frame[at % frame.length] = byte;
      takes("msgpack", frame);
    }),
    { numRuns: RUNS },
  );
});

test("a frame of the wrong kind is refused", () => {
  const into = createInbound();
  expect(codecs.json.read(new Uint8Array([1]), into)).toBe(1004);
  expect(codecs.msgpack.read("{}", into)).toBe(1004);
  expect(codecs.proto.read("{}", into)).toBe(1004);
});

test("great depth and great length are answered, not suffered", () => {
  takes("json", "[".repeat(1_000_000));
  takes("json", `{"content":${'{"data":'.repeat(100_000)}`);
  takes("json", `{"cmd":1,"content":{"text":${JSON.stringify('{["\\'.repeat(1000))}}}`);
  takes("msgpack", new Uint8Array(1_000_000).fill(0x91));
  takes("proto", new Uint8Array(1_000_000).fill(0x2b));
  const into = createInbound();
  const target = Array.from({ length: 1_000_000 }, () => "u");
  expect(codecs.json.read(JSON.stringify({ cmd: 1, route: { target } }), into)).toBe(413);
});

test("what Object.prototype gains through a frame is nothing", () => {
  codecs.json.decode(
    '{"cmd":1,"__proto__":{"route":{"to":"x"}},"constructor":{"prototype":{"a":1}}}',
  );
  const into = createInbound();
  codecs.json.read('{"cmd":1,"__proto__":{"route":{"to":"eve"}}}', into);
  expect([into.to, ({} as { a?: number }).a]).toEqual(["", undefined]);
});
