/** The golden vectors, read as any implementation would: in every direction, and by another one. */
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createCodecs } from "../../src/wire/codec.ts";
import { contentMember, responseMember } from "../../src/wire/data-shapes.ts";
import type { Envelope } from "../../src/wire/envelope.ts";
import { type Framing, FRAMINGS } from "../../src/wire/frame.ts";
import { createInbound } from "../../src/wire/inbound.ts";
import type { Variant } from "./accepted.ts";
import { makeVectors, type Vector } from "./make-vectors.ts";
import type { Refusal } from "./refused.ts";

const ROOT = join(import.meta.dir, "../..");
const VECTORS = ["requests.json", "responses.json", "pushes.json"] as const;
const codecs = createCodecs();

function load<Entry>(file: string): Entry[] {
  return JSON.parse(readFileSync(join(import.meta.dir, "vectors", file), "utf8")) as Entry[];
}

function frameOf(framing: Framing, text: string): string | Uint8Array {
  return framing === "json" ? text : new Uint8Array(Buffer.from(text, "hex"));
}

function frameOfVector(vector: Vector, framing: Framing): string | Uint8Array {
  return frameOf(framing, framing === "json" ? JSON.stringify(vector.json) : vector[framing]);
}

function printed(frame: string | Uint8Array): string {
  return typeof frame === "string" ? frame : Buffer.from(frame).toString("hex");
}

for (const file of VECTORS) {
  describe(file, () => {
    for (const vector of load<Vector>(file)) {
      test(`${vector.name}: every framing reads and writes the same`, () => {
        for (const from of FRAMINGS) {
          const envelope = codecs[from].decode(frameOfVector(vector, from)) as Envelope;
          for (const to of FRAMINGS) {
            const written = printed(codecs[to].encode(envelope));
            expect(`${to} ${written}`).toBe(`${to} ${printed(frameOfVector(vector, to))}`);
          }
        }
      });
    }
  });
}

test("the vectors are those of the cases", () => {
  for (const [file, vectors] of Object.entries(makeVectors())) {
    expect(load<unknown>(file)).toEqual(JSON.parse(JSON.stringify(vectors)));
  }
});

test("every data shape has a vector", () => {
  const seen = new Set<string>();
  const all = VECTORS.flatMap((file) => load<Vector>(file));
  for (const { json } of all) {
    const { cmd, direction, content, response } = json as Envelope;
    if (content?.data) seen.add(`content.${contentMember(cmd, direction)?.name}`);
    if (response?.data) seen.add(`response.${responseMember(cmd, direction)?.name}`);
  }
  const expected = new Set<string>();
  for (let cmd = 0; cmd < 120; cmd += 1) {
    for (const direction of [1, 3]) {
      const member = contentMember(cmd, direction);
      if (member) expected.add(`content.${member.name}`);
    }
    const member = responseMember(cmd, 2);
    if (member) expected.add(`response.${member.name}`);
  }
  expect([...seen].sort()).toEqual([...expected].sort());
});

describe("accepted.json", () => {
  const requests = load<Vector>("requests.json");
  for (const { name, equals, framing, frame } of load<Variant>("accepted.json")) {
    test(`${framing}: ${name}`, () => {
      const canonical = requests.find((one) => one.name === equals) as Vector;
      const same = codecs.json.decode(JSON.stringify(canonical.json));
      expect(codecs[framing].decode(frameOf(framing, frame))).toEqual(same);
      const into = createInbound();
      const wanted = createInbound();
      expect(codecs[framing].read(frameOf(framing, frame), into)).toBe(0);
      codecs.json.read(JSON.stringify(canonical.json), wanted);
      expect(into).toMatchObject({ ...wanted, content: {}, options: {} });
    });
  }
});

describe("refused.json", () => {
  for (const refusal of load<Refusal>("refused.json")) {
    test(`${refusal.framing}: ${refusal.name}`, () => {
      const into = createInbound();
      const frame = frameOf(refusal.framing, refusal.frame);
      expect(codecs[refusal.framing].read(frame, into)).toBe(refusal.code);
      expect(into.problem).toStartWith(refusal.problem);
      expect([into.cmd, into.localId]).toEqual([refusal.cmd, refusal.localId]);
    });
  }
});

describe("another implementation of protobuf", () => {
  let schema: DescMessage;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "linnet-buf-"));
    const image = join(folder, "image.binpb");
    const buf = join(ROOT, "node_modules/.bin/buf");
    const run = Bun.spawnSync([buf, "build", "-o", image, "proto"], { cwd: ROOT });
    expect(run.stderr.toString()).toBe("");
    const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
    schema = createFileRegistry(set).getMessage("linnet.v1.Envelope") as DescMessage;
    rmSync(folder, { recursive: true });
  });

  for (const file of VECTORS) {
    test(`${file}: writes the same bytes from the same JSON`, () => {
      for (const { name, json, proto } of load<Vector>(file)) {
        const bytes = toBinary(schema, fromJson(schema, memberNamed(json as Envelope) as never));
        expect(`${name} ${Buffer.from(bytes).toString("hex")}`).toBe(`${name} ${proto}`);
      }
    });
  }
});

/** Protobuf's own JSON names the member of the oneof where Linnet's says `data`. */
function memberNamed(envelope: Envelope): unknown {
  const { cmd, direction, content, response, ...rest } = envelope;
  const named: Record<string, unknown> = { cmd, direction, ...rest };
  if (content) {
    const { data, ...parts } = content;
    const member = data && contentMember(cmd, direction);
    named["content"] = member ? { ...parts, [member.name]: data } : parts;
  }
  if (response) {
    const { data, ...parts } = response;
    const member = data && responseMember(cmd, direction);
    named["response"] = member ? { ...parts, [member.name]: nested(data) } : parts;
  }
  return named;
}

/** Envelopes stand inside of pages too. */
function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== "object" || value === null) return value;
  if ("direction" in value && "cmd" in value) return memberNamed(value as Envelope);
  const entries = Object.entries(value).map(([name, inner]) => [name, nested(inner)]);
  return Object.fromEntries(entries);
}
