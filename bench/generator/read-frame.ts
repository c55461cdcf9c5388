// The frame by which a client says how far it has read, made from the message that it got.
import { createCodecs } from "../../src/wire/codec.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Envelope } from "../../src/wire/envelope.ts";
import type { Framing } from "../../src/wire/frame.ts";
import { frameOf } from "./web-socket.ts";

const codecs = createCodecs();
let reads = 0;

/** Decodes the whole push, so it is for loads at which the generator has time. */
export function readFrame(framing: Framing, push: Uint8Array): Uint8Array {
  const codec = codecs[framing];
  const isText = framing === "json";
  const envelope = codec.decode(isText ? Buffer.from(push).toString() : push);
  if (typeof envelope === "string") throw new Error(`a push can't be read: ${envelope}`);
  reads += 1;
  const { conversationId, conversationType } = envelope.route ?? {};
  const request = {
    direction: 1,
    cmd: CMD.read,
    header: { localId: `read-${reads}-${envelope.messageExtra?.messageId ?? ""}` },
    route: { conversationId, conversationType },
    content: { data: { seq: envelope.messageExtra?.conversationSeq ?? 0 } },
  };
  const encoded = codec.encode(request as Envelope);
  const payload = typeof encoded === "string" ? new TextEncoder().encode(encoded) : encoded;
  return frameOf(isText ? 0x81 : 0x82, payload);
}
