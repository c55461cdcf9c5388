/** The codec of each framing. One of each is made per process; it owns scratch buffers. */
import { createExampleimCodec } from "./exampleim-codec.ts";
import type { Codec, Framing } from "./frame.ts";
import { createJsonCodec } from "./json-codec.ts";
import { createMsgpackCodec } from "./msgpack-codec.ts";
import { createProtoCodec } from "./proto-codec.ts";

export type Codecs = Readonly<Record<Framing, Codec>> & {
  readonly exampleim: Codec<"exampleim">;
};

export function createCodec(framing: Framing): Codec {
  switch (framing) {
    case "json":
      return createJsonCodec();
    case "proto":
      return createProtoCodec();
    case "msgpack":
      return createMsgpackCodec();
  }
}

export function createCodecs(): Codecs {
  return {
    json: createJsonCodec(),
    proto: createProtoCodec(),
    msgpack: createMsgpackCodec(),
    exampleim: createExampleimCodec(),
  };
}
