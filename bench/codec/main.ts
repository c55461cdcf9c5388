// Entry of a process that times one framing's codec: reading a request, a push for one recipient,
// an answer; nanoseconds each, as JSON.
import { createCodec } from "../../src/wire/codec.ts";
import { CMD } from "../../src/wire/commands.ts";
import { FRAMINGS, type PushFields, type SendAnswer, type Written } from "../../src/wire/frame.ts";
import { provideNativeBytes } from "../../src/wire/native-bytes.ts";
import { createInbound } from "../../src/wire/inbound.ts";

const CALLS = 200_000;

const framing = FRAMINGS.find((known) => known === process.argv[2]) ?? "proto";
const bodyBytes = Number(process.argv[3] ?? 200);
const codec = createCodec(framing);
const text = "a".repeat(bodyBytes);
const request = codec.encode({
  direction: 1,
  cmd: CMD.singleChat,
  header: { localId: "0123456789-abcdef" },
  route: { type: 1, conversationId: 123_456, conversationType: 1 },
  content: { text },
});
const inbound = createInbound();
codec.read(request, inbound);
const push: PushFields = {
  cmd: CMD.singleChat,
  type: 1,
  conversationId: 123_456,
  conversationType: 1,
  from: "a-user-of-the-host",
  source: "websocket",
  localId: "0123456789-abcdef",
  content: {
    bytes: inbound.content.bytes.slice(),
    start: inbound.content.start,
    end: inbound.content.end,
  },
  options: { bytes: new Uint8Array(0), start: 0, end: 0 },
  messageIdHigh: 0x0123_4567,
  messageIdLow: 0x89ab_cdef,
  seq: 12_345,
  conversationPts: -1,
  timestamp: 1_790_000_000_000,
  mentionedAll: false,
  duplicate: false,
};
const answer: SendAnswer = {
  cmd: CMD.singleChat,
  localId: push.localId,
  code: 200,
  message: "",
  conversationId: push.conversationId,
  conversationType: 1,
  messageIdHigh: push.messageIdHigh,
  messageIdLow: push.messageIdLow,
  seq: push.seq,
  conversationPts: -1,
  pts: 23_456,
  timestamp: push.timestamp,
  duplicate: false,
};

function nanosecondsOf(call: (n: number) => number): number {
  let sum = 0;
  for (let n = 0; n < CALLS; n++) sum += call(n);
  const startNs = Bun.nanoseconds();
  for (let n = 0; n < CALLS; n++) sum += call(n);
  const spentNs = Bun.nanoseconds() - startNs;
  if (!Number.isFinite(sum)) throw new Error("a call answered no number");
  return spentNs / CALLS;
}

provideNativeBytes(Buffer.prototype);
console.log(
  JSON.stringify({
    "read a request": nanosecondsOf(() => codec.read(request, inbound)),
    "write a push": nanosecondsOf((n) => {
      codec.beginPush(push);
      return sizeOf(codec.stampPush(n, false));
    }),
    "write an answer": nanosecondsOf(() => sizeOf(codec.encodeAnswer(answer))),
  }),
);

function sizeOf(frame: string | Written): number {
  return typeof frame === "string" ? frame.length : frame.at;
}
