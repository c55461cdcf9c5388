/** Pushes and answers written by hand equal what the codec would encode from an envelope. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { idText } from "../../../src/wire/answer.ts";
import { createCodecs } from "../../../src/wire/codec.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import {
  FRAMINGS,
  frameOf,
  type PushFields,
  type SendAnswer,
  type Slice,
} from "../../../src/wire/frame.ts";
import { contentBytes } from "../../../src/wire/content-bytes.ts";
import { encodeOptions } from "../../../src/wire/proto-envelope.ts";
import { envelopes } from "./arbitrary.ts";

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 300);
const codecs = createCodecs();

function sliceOf(bytes: Uint8Array): Slice {
  // In the middle of other bytes, as content lies in a frame.
  const around = new Uint8Array(bytes.length + 2).fill(0xff);
  around.set(bytes, 1);
  return { bytes: around, start: 1, end: bytes.length + 1 };
}

const POSITION = fc.oneof(fc.constant(-1), fc.nat(300), fc.nat(2 ** 31), fc.constant(2 ** 53 - 1));
const HALF = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff }));
const NUMBERS = {
  messageIdHigh: fc.integer({ min: 0, max: 0x7fff_ffff }),
  messageIdLow: HALF,
  seq: POSITION,
  conversationPts: POSITION,
  timestamp: fc.integer({ min: 0, max: 2 ** 52 }),
  duplicate: fc.boolean(),
};

function extraOf(fields: PushFields | SendAnswer): Record<string, unknown> {
  const { messageIdHigh: high, messageIdLow: low } = fields;
  const id = (BigInt(high) << 32n) | BigInt(low);
  return {
    ...(id > 0n && { messageId: id.toString() }),
    ...(fields.seq >= 0 && { conversationSeq: fields.seq }),
    ...(fields.conversationPts >= 0 && { conversationPts: fields.conversationPts }),
    timestamp: fields.timestamp,
    ...("mentionedAll" in fields && fields.mentionedAll && { mentionedAll: true }),
    ...(fields.duplicate && { duplicate: true }),
  };
}

test("a stamped push is the envelope, for one recipient after another", () => {
  const numbers = fc.record({ ...NUMBERS, mentionedAll: fc.boolean() });
  const recipients = fc.array(fc.tuple(POSITION, fc.boolean()), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(envelopes([3]), numbers, recipients, (envelope, extra, stamps) => {
      const { route = {}, header } = envelope;
      const { content, options } = {
        content: envelope.content ?? {},
        options: envelope.options ?? {},
      };
      const fields: PushFields = {
        ...extra,
        cmd: envelope.cmd,
        type: route.type ?? 0,
        conversationId: route.conversationId ?? -1,
        conversationType: route.conversationType ?? 0,
        from: route.from ?? "",
        source: route.source ?? "",
        localId: header?.localId ?? "",
        content: sliceOf(contentBytes(content, envelope.cmd, 3)),
        options: sliceOf(encodeOptions(options)),
      };
      const { target: _target, to: _to, ...shown } = route;
      for (const framing of FRAMINGS) {
        codecs[framing].beginPush(fields);
        for (const [pts, mentioned] of stamps) {
          const wanted: Envelope = {
            direction: 3,
            cmd: envelope.cmd,
            ...(fields.localId !== "" && { header: { localId: fields.localId } }),
            route: shown,
            ...(fields.content.end > 1 && { content }),
            ...(fields.options.end > 1 && { options }),
            messageExtra: {
              ...extraOf(fields),
              ...(mentioned && { mentioned }),
              ...(pts >= 0 && { pts }),
            },
          };
          expect(
            codecs[framing].decode(frameOf(codecs[framing].stampPush(pts, mentioned))),
          ).toEqual(wanted);
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test("content comes out of a protobuf push byte for byte", () => {
  // An unknown field 99 before the text, and the text's fields in reverse.
  const content = Buffer.from("9a0603616263 2a0378797a 0a0568656c6c6f".replaceAll(" ", ""), "hex");
  codecs.proto.beginPush(pushOf(sliceOf(content)));
  const frame = Buffer.from(frameOf(codecs.proto.stampPush(1, false)) as Uint8Array);
  expect(frame.includes(Buffer.concat([Buffer.from([0x2a, content.length]), content]))).toBe(true);
});

test("a push of any size grows the scratch buffer", () => {
  for (const size of [1, 127, 128, 4096, 16_384, 70_000, 100_000]) {
    const text = "é".repeat(size);
    const fields = pushOf(sliceOf(contentBytes({ text }, 1, 3)));
    for (const framing of FRAMINGS) {
      codecs[framing].beginPush(fields);
      const envelope = codecs[framing].decode(
        frameOf(codecs[framing].stampPush(5, true)),
      ) as Envelope;
      expect(envelope.content?.text === text).toBe(true);
      expect(envelope.messageExtra?.pts).toBe(5);
    }
  }
});

test("an answer to a send is the envelope", () => {
  const answers = fc.record({
    ...NUMBERS,
    cmd: fc.constantFrom(1, 2, 93),
    localId: fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).map(noNul),
    code: fc.constantFrom(200, 403, 1004, 777),
    message: fc.string({ unit: "binary", maxLength: 400 }),
    conversationId: POSITION,
    conversationType: fc.nat(8),
    pts: POSITION,
  });
  fc.assert(
    fc.property(answers, (fields) => {
      const { conversationId, conversationType } = fields;
      const route = { conversationId, ...(conversationType > 0 && { conversationType }) };
      const extra = { ...extraOf(fields), ...(fields.pts >= 0 && { pts: fields.pts }) };
      const {
        timestamp: _timestamp,
        duplicate: _duplicate,
        ...numbers
      } = extra as {
        timestamp?: number;
        duplicate?: boolean;
      };
      const texts: Record<number, string> = { 200: "ok", 403: "not allowed", 1004: "malformed" };
      const message = fields.message || texts[fields.code];
      const wanted = {
        direction: 2,
        cmd: fields.cmd,
        header: { localId: fields.localId },
        ...(conversationId >= 0 && { route }),
        response: { code: fields.code, ...(message && { message }) },
        ...(Object.keys(numbers).length > 0 && { messageExtra: extra }),
      };
      for (const framing of FRAMINGS) {
        const frame = frameOf(codecs[framing].encodeAnswer(fields));
        expect(codecs[framing].decode(frame)).toEqual(wanted as Envelope);
      }
    }),
    { numRuns: RUNS },
  );
});

function noNul(text: string): string {
  return text.replaceAll("\0", ".").slice(0, 30);
}

test("a 64-bit id is written as its decimal digits", () => {
  fc.assert(
    fc.property(HALF, HALF, (high, low) => {
      expect(idText(high, low)).toBe(((BigInt(high) << 32n) | BigInt(low)).toString());
    }),
  );
});

function pushOf(content: Slice): PushFields {
  return {
    cmd: 1,
    type: 1,
    conversationId: 5,
    conversationType: 1,
    from: "alice",
    source: "websocket",
    localId: "l-1",
    content,
    options: { bytes: new Uint8Array(0), start: 0, end: 0 },
    messageIdHigh: 1,
    messageIdLow: 2,
    seq: 0,
    conversationPts: -1,
    timestamp: 3,
    mentionedAll: false,
    duplicate: false,
  };
}

test("a page is the envelope with a list of what was pushed", () => {
  const own = { push: pushOf(sliceOf(contentBytes({ text: "é" }, 1, 3))), pts: 7, mentioned: true };
  const rich = sliceOf(contentBytes({ text: "x", mentions: { uids: ["bob"] } }, 1, 3));
  const wide = { push: { ...pushOf(rich), conversationPts: 300 }, pts: -1, mentioned: false };
  const hidden: Envelope = {
    direction: 3,
    cmd: 0,
    route: { conversationId: 5, conversationType: 1 },
    messageExtra: { conversationSeq: 9, hidden: true },
  };
  for (const framing of FRAMINGS) {
    const codec = codecs[framing];
    for (const count of [0, 1, 5, 6, 40, 150]) {
      const entries = Array.from({ length: count }, () => [own, wide, hidden]).flat();
      const events = entries.map((entry) => {
        if (!("push" in entry)) return codec.decode(codec.encode(entry));
        codec.beginPush(entry.push);
        return codec.decode(frameOf(codec.stampPush(entry.pts, entry.mentioned)));
      });
      for (const [cmd, name, data] of [
        [71, "events", { pts: 2 ** 40, final: true, epoch: '"events":[]' }],
        [71, "events", { conversationPts: 5, final: true, epoch: "e".repeat(count * 7 + 1) }],
        [34, "messages", { final: true }],
      ] as const) {
        const response = { code: 200, message: "OK", data };
        const header = { version: 1, localId: '"events":[]¦events' };
        const answer: Envelope = { direction: 2, cmd, header, response };
        const listed = { ...response, data: { ...data, [name]: events } };
        const read = codec.decode(codec.encodePage(answer, { name, entries }));
        // An empty list is read as none.
        if (count === 0) Object.assign(listed, { data });
        expect(read).toEqual({ ...answer, response: listed });
      }
    }
  }
});

test("an unknown field of content comes out of a protobuf page byte for byte", () => {
  const content = Buffer.from("9a0603616263 2a0378797a 0a0568656c6c6f".replaceAll(" ", ""), "hex");
  const entries = [{ push: pushOf(sliceOf(content)), pts: 1, mentioned: false }];
  const response = { code: 200, data: { pts: 1, final: true, epoch: "e" } };
  const answer: Envelope = { direction: 2, cmd: 71, response };
  const frame = codecs.proto.encodePage(answer, { name: "events", entries }) as Uint8Array;
  const field = Buffer.concat([Buffer.from([0x2a, content.length]), content]);
  expect(Buffer.from(frame).includes(field)).toBe(true);
});
