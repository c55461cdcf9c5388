/** Frames that no codec writes but every server takes, each with the canonical case it equals. */

export interface Variant {
  name: string;
  /** Name of the request in cases.ts that the frame means. */
  equals: string;
  framing: "json" | "proto" | "msgpack";
  /** Text of a JSON frame, hex of a binary one. */
  frame: string;
}

const LEAST = "the least that an imai client sends";
const EXTENSION = "JSON text in extension";

/** The parts of the least frame in protobuf. */
const HEADER = "1a05 1203 612d31";
const ROUTE = "2202 107b";
const CONTENT = "2a07 0a05 68656c6c6f";

export const ACCEPTED: readonly Variant[] = [
  {
    name: "a number as conversationId, no direction",
    equals: LEAST,
    framing: "json",
    frame:
      '{"cmd":1,"header":{"localId":"a-1"},' +
      '"route":{"conversationId":123},"content":{"text":"hello"}}',
  },
  {
    name: "null for absent parts and fields",
    equals: LEAST,
    framing: "json",
    frame:
      '{"direction":1,"cmd":1,"header":{"version":null,"localId":"a-1","timestamp":null},' +
      '"route":{"conversationId":"123","to":null,"target":null},"content":{"data":null,' +
      '"text":"hello","items":null,"mentions":null},"control":null,"options":null,' +
      '"response":null,"messageExtra":null}',
  },
  {
    name: "a route name as cmd, zeros and empty lists, unknown fields and __proto__",
    equals: LEAST,
    framing: "json",
    frame:
      '{"direction":0,"cmd":"conversation.chat","__proto__":{"cmd":9},"more":[{}],' +
      '"header":{"version":0,"localId":"a-1","platform":""},"route":{"type":0,' +
      '"conversationId":"123","conversationType":0,"target":[]},' +
      '"content":{"text":"hello","items":[],"extension":"","data":{}}}',
  },
  {
    name: "an object as extension",
    equals: EXTENSION,
    framing: "json",
    frame: '{"direction":1,"cmd":1,"content":{"extension":{"a":[1,null]}}}',
  },
  {
    name: "parts that occur twice are merged, the later field wins",
    equals: LEAST,
    framing: "proto",
    frame: hex("0801 1001", "1a05 1203 2d2d2d", "2a03 0a01 78", ROUTE, HEADER, CONTENT),
  },
  {
    name: "another order, no direction, an unknown field and group, a field of another wire type",
    equals: LEAST,
    framing: "proto",
    frame: hex(CONTENT, "9806 ff01", "a306 0801 a406", "2d 01020304", ROUTE, HEADER, "1001"),
  },
  {
    name: "padded varints",
    equals: LEAST,
    framing: "proto",
    frame: hex("08 8100", "9000 01", "1a 8600 12 8300 612d31", ROUTE, CONTENT),
  },
  {
    name: "wide integers for small ones, an id as a string",
    equals: LEAST,
    framing: "msgpack",
    frame: hex(
      "84 a3 636d64 d3 0000000000000001",
      "a6 686561646572 81 a7 6c6f63616c4964 a3 612d31",
      "a5 726f757465 81 ae 636f6e766572736174696f6e4964 a3 313233",
      "a7 636f6e74656e74 81 a4 74657874 a5 68656c6c6f",
    ),
  },
  {
    name: "an object as extension",
    equals: EXTENSION,
    framing: "msgpack",
    frame: hex("82 a3 636d64 01", "a7 636f6e74656e74 81 a9 657874656e73696f6e 81 a1 61 92 01 c0"),
  },
];

function hex(...parts: readonly string[]): string {
  return parts.join("").replaceAll(" ", "");
}
