/** Frames that no well-behaved client sends, each with the codes that may answer it. */

import protobuf from "protobufjs";
import { encodeFrame, type Envelope, type Framing } from "./framing.ts";
import { seeded } from "../support/pace.ts";

export interface BadFrame {
  what: string;
  framing: Framing;
  frame: string | Uint8Array;
  /** Any of these is right; where the protocol page leaves no choice there is one. */
  expect: readonly number[];
  /** The answer to what can't be read has `cmd` 99; every other repeats the request's. */
  unreadable?: boolean;
}

export interface People {
  /** A friend of the sender's, a stranger, and a name that nobody has. */
  friend: string;
  stranger: string;
  self: string;
  nobody: string;
  /** A group of the sender's, a wide one, one that was left, one that never had the sender. */
  group: string;
  wide: string;
  left: string;
  foreign: string;
  /** Start of every localId. */
  name: string;
}

const malformed = [1004] as const;
/** What a server may keep or refuse, as long as it says so and stays up. */
const keptOrMalformed = [200, 1004] as const;

export function badJson(): BadFrame[] {
  const rows: BadFrame[] = [];
  const unreadable = (what: string, frame: string): void => {
    rows.push({
      what: `JSON ${what}`,
      framing: "json",
      frame,
      expect: malformed,
      unreadable: true,
    });
  };
  for (const text of ["", "x", "{", "[]", "1", '"x"', "null", "true", "[[]]", "\u0000"]) {
    unreadable(JSON.stringify(text), text);
  }
  unreadable("nested 100,000 deep", "[".repeat(100_000));
  unreadable("closed 20,000 deep", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`);
  unreadable("with a response's direction", '{"direction":2,"cmd":1,"header":{"localId":"x"}}');
  unreadable("with a push's direction", '{"direction":3,"cmd":1,"header":{"localId":"x"}}');
  // An empty envelope may pass for a heartbeat.
  rows.push({ what: "JSON {}", framing: "json", frame: "{}", expect: [200, 1004, 1005] });
  return rows;
}

type SendRow = (what: string, parts: Record<string, string>, expect: readonly number[]) => void;

/** Readable as JSON, with one part that is not as it must be. */
export function badParts(people: People): BadFrame[] {
  const rows: BadFrame[] = [];
  const to = JSON.stringify(people.friend);
  let count = 0;
  const send: SendRow = (what, parts, expect) => {
    count += 1;
    const all: Record<string, string> = {
      direction: "1",
      cmd: "1",
      header: `{"localId":"${people.name}-j${count}"}`,
      route: `{"type":1,"to":${to}}`,
      content: '{"text":"x"}',
      ...parts,
    };
    const body = Object.entries(all).map(([name, value]) => `"${name}":${value}`);
    rows.push({ what: `JSON ${what}`, framing: "json", frame: `{${body.join(",")}}`, expect });
  };
  wrongKinds(send, to);
  wrongNumbers(send);
  oddText(send, people.name);
  return rows;
}

function wrongKinds(send: SendRow, to: string): void {
  send("direction as text", { direction: '"one"' }, malformed);
  send("cmd as an object", { cmd: "{}" }, malformed);
  send("cmd 1.5", { cmd: "1.5" }, [1004, 3003]);
  send("cmd 1e308", { cmd: "1e308" }, [1004, 3003]);
  send("header as a number", { header: "5" }, [1004, 1005]);
  send("localId as a number", { header: '{"localId":5}' }, malformed);
  send("route as a list", { route: "[]" }, [1004, 1005]);
  send("route.to as a number", { route: '{"to":7}' }, malformed);
  send("target as text", { route: `{"to":${to},"target":"x"}` }, malformed);
  send("content as text", { content: '"x"' }, malformed);
  send("text as a number", { content: '{"text":5}' }, malformed);
  send("items as an object", { content: '{"text":"x","items":{}}' }, malformed);
  send("items of numbers", { content: '{"text":"x","items":[1]}' }, malformed);
  send("control as a list", { control: "[]" }, malformed);
  send("ttl as text", { control: '{"ttl":"soon"}' }, malformed);
  send("ttl negative", { control: '{"ttl":-1}' }, [1004, 200]);
  send("ttl 1e300", { control: '{"ttl":1e300}' }, [1004, 413]);
  send("a foreign data member", { content: '{"text":"x","data":{"pts":1}}' }, malformed);
}

function wrongNumbers(send: SendRow): void {
  for (const id of ["-1", '"-1"', '"9223372036854775807"', "1e30", '"123456789012345678901234"']) {
    send(`conversationId ${id}`, { route: `{"conversationId":${id}}` }, [1003, 1004]);
  }
  send("conversationId 2^53 + 1", { route: '{"conversationId":9007199254740993}' }, [1003, 1004]);
  send("conversationId 1.5", { route: '{"conversationId":1.5}' }, [1003, 1004]);
  send("conversationId as a name", { route: '{"conversationId":"x"}' }, malformed);
}

function oddText(send: SendRow, name: string): void {
  send("a lone surrogate in text", { content: '{"text":"a\\ud800b"}' }, keptOrMalformed);
  send("a lone surrogate in localId", { header: '{"localId":"a\\udfff"}' }, keptOrMalformed);
  send("NUL in text", { content: '{"text":"a\\u0000b"}' }, keptOrMalformed);
  send("NUL in localId", { header: `{"localId":"${name}\\u0000"}` }, keptOrMalformed);
  send("NUL in to", { route: '{"to":"a\\u0000b"}' }, [404, 1004]);
  send(
    "__proto__ beside the rest",
    { __proto__x: "1", ["__proto__"]: '{"cmd":9}' },
    keptOrMalformed,
  );
  send(
    "__proto__ in content",
    { content: '{"text":"x","__proto__":{"text":"y"}}' },
    keptOrMalformed,
  );
  send("constructor as localId", { header: '{"localId":"constructor"}' }, [200]);
  send("an unknown field", { surprise: "1" }, [200]);
}

/** Sends that are readable and refused for what they ask. */
export function badSends(people: People): BadFrame[] {
  const rows: BadFrame[] = [];
  let count = 0;
  const send = (what: string, envelope: Envelope, ...expect: number[]): void => {
    for (const framing of ["json", "proto", "msgpack"] as const) {
      count += 1;
      const whole: Envelope = {
        direction: 1,
        cmd: 1,
        header: { localId: `${people.name}-s${count}` },
        route: { type: 1, to: people.friend },
        content: { text: "x" },
        ...envelope,
      };
      rows.push({
        what: `${framing}: ${what}`,
        framing,
        frame: encodeFrame(framing, whole),
        expect,
      });
    }
  };
  const group = (conversationId: string, more = {}): Envelope => ({
    cmd: 2,
    route: { type: 1, conversationId, ...more },
  });
  send("unknown command", { cmd: 9999 }, 3003);
  send("no header", { header: {} }, 1005);
  send("no localId", { header: { deviceId: "x" } }, 1005);
  send("no addressee", { route: { type: 1 } }, 1005);
  send("to oneself", { route: { type: 1, to: people.self } }, 403);
  send("to oneself as a stranger", { cmd: 6, route: { type: 1, to: people.self } }, 403);
  send("to nobody", { route: { type: 1, to: people.nobody } }, 404);
  send("to a stranger as SINGLE", { route: { type: 1, to: people.stranger } }, 1006);
  send("to no conversation", group("8999999999999999"), 1003);
  send("to a group that was left", group(people.left), 2003);
  send("to a foreign group", group(people.foreign), 2003);
  send("text over 10 KiB", { content: { text: "x".repeat(10 * 1024 + 1) } }, 413);
  send("content over 100 KiB", { content: { text: "x", extension: "y".repeat(101 * 1024) } }, 413);
  const many = Array.from({ length: 501 }, (_, index) => `u${index}`);
  send("501 in target", group(people.group, { target: many }), 413);
  send("target in a wide group", group(people.wide, { target: [people.friend] }), 3003);
  send(
    "history of a foreign group",
    { ...group(people.foreign), cmd: 34, content: { data: { fromSeq: 0, limit: 10 } } },
    2003,
  );
  return rows;
}

/** As many elements of `target` as a frame may hold. */
export function hugeTargets(people: People): BadFrame[] {
  const target = `[${'"",'.repeat(340_000)}""]`;
  const json =
    `{"direction":1,"cmd":2,"header":{"localId":"${people.name}-huge"},` +
    `"route":{"type":1,"conversationId":${people.group},"target":${target}},` +
    `"content":{"text":"x"}}`;
  const envelope = encodeFrame("proto", {
    direction: 1,
    cmd: 2,
    header: { localId: `${people.name}-hugeproto` },
    content: { text: "x" },
  }) as Uint8Array;
  const targetBytes = Buffer.from("3200".repeat(500_000), "hex");
  const conversation = protobuf.Writer.create().uint32(16).int64(Number(people.group)).finish();
  const route = Buffer.concat([conversation, targetBytes]);
  const part = protobuf.Writer.create().uint32(34).bytes(route).finish();
  const proto = Buffer.concat([envelope, part]);
  return [
    { what: "340,000 in a JSON target", framing: "json", frame: json, expect: [413] },
    { what: "500,000 in a protobuf target", framing: "proto", frame: proto, expect: [413] },
  ];
}

export function badBinary(people: People, seed: number): BadFrame[] {
  const rows: BadFrame[] = [];
  const add = (what: string, framing: Framing, frame: Uint8Array): void => {
    const expect = malformed;
    rows.push({ what: `${framing}: ${what}`, framing, frame, expect, unreadable: true });
  };
  const whole: Envelope = {
    direction: 1,
    cmd: 1,
    header: { localId: `${people.name}-cut` },
    route: { type: 1, to: people.friend },
    content: { text: "a text that is cut" },
  };
  for (const framing of ["proto", "msgpack"] as const) {
    const frame = encodeFrame(framing, whole) as Uint8Array;
    // In the header's length or in the header, and in the content: at no boundary of fields.
    for (const end of [5, 10, frame.length - 5]) add(`cut at ${end}`, framing, frame.slice(0, end));
    add("the last byte missing", framing, frame.slice(0, -1));
  }
  add("empty", "msgpack", new Uint8Array(0));
  // Zero bytes are an envelope with nothing in it: a heartbeat to some, no request to others.
  const nothing = new Uint8Array(0);
  rows.push({ what: "proto: empty", framing: "proto", frame: nothing, expect: [200, 1004, 1005] });
  add("groups 100,000 deep", "proto", Buffer.alloc(100_000, 0x0b));
  add(
    "a length beyond the frame",
    "proto",
    Buffer.from("0801 1001 1aff ffff 0f".replace(/ /g, ""), "hex"),
  );
  add(
    "a length near 2^64",
    "proto",
    Buffer.from("08011001 1affffffffffffffffff01".replace(/ /g, ""), "hex"),
  );
  add("an 11-byte varint", "proto", Buffer.from("08ffffffffffffffffffffff01", "hex"));
  add("field number 0", "proto", Buffer.from("0001", "hex"));
  add("wire type 7", "proto", Buffer.from("0f01", "hex"));
  const deep = nestedEnvelopes(21_000);
  // A reader that skips what a client may not say misses the localId instead.
  rows.push({
    what: "proto: events in events",
    framing: "proto",
    frame: deep,
    expect: [1004, 1005],
  });
  add("arrays 100,000 deep", "msgpack", Buffer.alloc(100_000, 0x91));
  add("a map that claims 2^32 - 1", "msgpack", Buffer.from("dfffffffff", "hex"));
  add("a list that claims 2^32 - 1", "msgpack", Buffer.from("ddffffffff", "hex"));
  add("text that claims 2^32 - 1", "msgpack", Buffer.from("dbffffffff", "hex"));
  add("a number", "msgpack", Buffer.from("05", "hex"));
  add("nil", "msgpack", Buffer.from("c0", "hex"));
  add("never used byte", "msgpack", Buffer.from("c1", "hex"));
  add("two values", "msgpack", Buffer.from("8080", "hex"));
  return [...rows, ...randomFrames(seed)];
}

/** Whatever the dice say: refused with some code, and the connection stays. */
function randomFrames(seed: number): BadFrame[] {
  const random = seeded(seed);
  const rows: BadFrame[] = [];
  for (let index = 0; index < 60; index += 1) {
    const framing = index % 2 === 0 ? "proto" : "msgpack";
    const length = 1 + Math.floor(random() * 200);
    const frame = Uint8Array.from({ length }, () => Math.floor(random() * 256));
    const expect = [1004, 1005, 3003, 413];
    rows.push({
      what: `${framing}: random bytes ${index} of seed ${seed}`,
      framing,
      frame,
      expect,
    });
  }
  return rows;
}

/** A request with response { sync { events { response … } } }, built from the inside. */
function nestedEnvelopes(depth: number): Uint8Array {
  // Counted from the innermost, so that with a depth divisible by three the outermost is response.
  const tags = [[0x0a], [0x8a, 0x01], [0x42]];
  const heads: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < depth; level += 1) {
    const head = Buffer.from([...(tags[level % 3] ?? []), ...varint(length)]);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat([Buffer.from("08011001", "hex"), ...heads.reverse()]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}
