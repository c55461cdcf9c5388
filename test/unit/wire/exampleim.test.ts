/** ExampleIM's frames: no input makes the codec throw, and each kind reads and writes as mapped. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { contentBytes } from "../../../src/wire/content-bytes.ts";
import { createExampleimCodec } from "../../../src/wire/exampleim-codec.ts";
import { type PushFields, READ_IGNORED, UNANSWERED } from "../../../src/wire/frame.ts";
import { createInbound } from "../../../src/wire/inbound.ts";
import { utf8Decode } from "../../../src/wire/utf8.ts";

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 500);
const codec = createExampleimCodec();

function read(frame: string | Uint8Array) {
  const into = createInbound();
  return { code: codec.read(frame, into), into };
}

function takes(frame: string | Uint8Array): void {
  const { code, into } = read(frame);
  expect([0, READ_IGNORED, 413, 1004, 1005]).toContain(code);
  expect(into.problem === "").toBe(code === 0 || code === READ_IGNORED);
  codec.decode(frame);
}

const leaf = fc.oneof(fc.jsonValue(), fc.constantFrom(0, 1, 2, 3, 9, "7", "a_b", "b", ""));
const data = fc.record(
  {
    conversationId: leaf,
    chatType: leaf,
    recvId: leaf,
    sendId: leaf,
    msg: fc.oneof(fc.record({ mType: leaf, content: leaf }, { requiredKeys: [] }), leaf),
    msgIds: fc.oneof(fc.array(leaf), leaf),
    mType: leaf,
    content: leaf,
    __proto__: leaf,
  },
  { requiredKeys: [] },
);
const method = fc.oneof(
  fc.constantFrom("user.online", "conversation.chat", "conversation.markChat", "push", "toString"),
  leaf,
);
const frames = fc.record(
  { frameType: leaf, id: leaf, method, data: fc.oneof(data, leaf) },
  { requiredKeys: [] },
);

test("any frame and any text is taken or refused", () => {
  fc.assert(
    fc.property(frames, (frame) => takes(JSON.stringify(frame))),
    { numRuns: RUNS },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => takes(text)),
    { numRuns: RUNS },
  );
  fc.assert(
    fc.property(frames, fc.nat(), fc.string(), (frame, at, text) => {
      const whole = JSON.stringify(frame);
      takes(whole.slice(0, at % whole.length) + text + whole.slice(at % whole.length));
    }),
    { numRuns: RUNS },
  );
  takes(new Uint8Array([123, 125]));
  takes("[".repeat(1_000_000));
  takes(`{"data":${'{"msg":'.repeat(100_000)}`);
});

test("a chat message is a send to the other, or into the group", () => {
  const msg = { mType: 0, content: "hé" };
  const single = { chatType: 2, recvId: "ben", conversationId: "ann_ben", msg };
  const frame = { frameType: 0, id: "1", method: "conversation.chat", data: single };
  const { code, into } = read(JSON.stringify(frame));
  expect(code).toBe(0);
  expect(into).toMatchObject({ direction: 1, cmd: 6, localId: "1", to: "ben", type: 1 });
  expect(into.silent).toBe(false);
  expect(utf8Decode(into.content.bytes, into.content.start + 2, into.content.end)).toBe("hé");
  const group = { ...frame, frameType: 3, data: { chatType: 1, conversationId: "12", msg } };
  expect(read(JSON.stringify(group)).into).toMatchObject({
    cmd: 2,
    conversationId: 12,
    silent: true,
    to: "",
  });
});

test("message types but text have the number of the envelope", () => {
  const sent = (mType: unknown) =>
    read(
      JSON.stringify({
        id: "1",
        method: "push",
        data: { chatType: 2, recvId: "b", mType, content: "x" },
      }),
    ).into;
  expect([undefined, 0, 1, 2, 91].map((mType) => sent(mType).type)).toEqual([1, 1, 1, 2, 91]);
  expect(sent(0).cmd).toBe(93);
  expect(pushed({ type: 1 }).data.msg.mType).toBe(0);
  expect(pushed({ type: 91 }).data.msg.mType).toBe(91);
});

test("what is no message, a greeting and a hint have no frame", () => {
  for (const cmd of [0, 11, 13, 22, 53, 71, 81, 101]) {
    codec.beginPush(push({ cmd }));
    expect(codec.stampPush(5, true)).toBe("");
    expect(codec.encode({ direction: 3, cmd, content: { data: {} } })).toBe("");
  }
});

test("an answer that nobody waits for is dropped, a refusal is not", () => {
  const answer = (localId: string, code: number) =>
    codec.encode({ direction: 2, cmd: 22, header: { localId }, response: { code, message: "no" } });
  expect(answer(`${UNANSWERED}7`, 200)).toBe("");
  expect(answer(`${UNANSWERED}7`, 2003)).toBe('{"frameType":9,"id":"7","data":"2003 no"}');
  expect(answer("7", 200)).toBe('{"frameType":2,"id":"7"}');
});

function pushed(fields: Partial<PushFields>) {
  codec.beginPush(push(fields));
  return JSON.parse(codec.stampPush(-1, false) as string);
}

function push(fields: Partial<PushFields>): PushFields {
  const bytes = contentBytes({ text: "x" }, 2, 3);
  return {
    cmd: 2,
    type: 1,
    conversationId: 12,
    conversationType: 2,
    from: "ann",
    source: "websocket",
    localId: "l",
    content: { bytes, start: 0, end: bytes.length },
    options: { bytes, start: 0, end: 0 },
    messageIdHigh: 0,
    messageIdLow: 9,
    seq: 0,
    conversationPts: -1,
    timestamp: 1,
    mentionedAll: false,
    duplicate: false,
    ...fields,
  };
}
