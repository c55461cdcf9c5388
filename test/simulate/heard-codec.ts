/** The codecs of the SDK in the simulation: what a client reads of a frame is seen here too. */
import { createCodec as createReal } from "../../src/wire/codec.ts";
import type { Envelope } from "../../src/wire/envelope.ts";
import type { Codec, Framing } from "../../src/wire/frame.ts";

/** Told of each frame that is read while it is set, before the SDK handles it. */
export const heard: { by: ((envelope: Envelope | string) => void) | undefined } = { by: undefined };

export function createCodec(framing: Framing): Codec {
  const real = createReal(framing);
  return {
    ...real,
    decode(frame) {
      const envelope = real.decode(frame);
      heard.by?.(envelope);
      return envelope;
    },
  };
}
