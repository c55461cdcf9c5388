/** The tables of shapes say what the schema says: names, numbers, types, lists and presence. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { contentMember, responseMember } from "../../../src/wire/data-shapes.ts";
import {
  CONTENT,
  CONTROL,
  type Field,
  HEADER,
  MESSAGE_EXTRA,
  OPTIONS,
  RESPONSE,
  ROUTE,
  type Shape,
} from "../../../src/wire/shapes.ts";

const ROOT = join(import.meta.dir, "../../..");

function envelopeSchema(): DescMessage {
  const folder = mkdtempSync(join(tmpdir(), "linnet-buf-"));
  const image = join(folder, "image.binpb");
  Bun.spawnSync([join(ROOT, "node_modules/.bin/buf"), "build", "-o", image, "proto"], {
    cwd: ROOT,
  });
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
  rmSync(folder, { recursive: true });
  return createFileRegistry(set).getMessage("linnet.v1.Envelope") as DescMessage;
}

const SCALAR_OF_KIND: Record<string, string> = {
  uint32: "13",
  int64: "3 18",
  conversationId: "3",
  id64: "3",
  bool: "8",
  string: "9",
  name: "9",
  localId: "9",
  jsonText: "9",
};

function problems(shape: Shape, schema: DescMessage, skip: readonly string[] = []): string[] {
  const found: string[] = [];
  const fields = schema.fields.filter((field) => field.oneof === undefined);
  const names = fields.map((field) => field.jsonName).filter((name) => !skip.includes(name));
  if (Object.keys(shape).sort().join() !== names.sort().join()) {
    found.push(`${schema.name}: ${Object.keys(shape)} are not ${names}`);
  }
  for (const field of fields) {
    const ours = shape[field.jsonName];
    if (ours !== undefined)
      found.push(...fieldProblems(ours, field, `${schema.name}.${field.name}`));
  }
  return found;
}

function fieldProblems(ours: Field, field: DescField, path: string): string[] {
  const list = field.fieldKind === "list";
  if (list !== (ours.listMax !== undefined)) return [`${path}: a list in one of the two`];
  if (!list && (field.presence === FeatureSet_FieldPresence.EXPLICIT) !== (ours.optional === true))
    return [`${path}: presence`];
  const message = field.message;
  if (ours.kind === "envelope") return message?.name === "Envelope" ? [] : [`${path}: no envelope`];
  if (ours.kind === "part") {
    return message ? problems(ours.shape as Shape, message) : [`${path}: no message`];
  }
  const scalars = SCALAR_OF_KIND[ours.kind]?.split(" ") ?? [];
  return scalars.includes(String(field.scalar)) ? [] : [`${path}: ${field.scalar} as ${ours.kind}`];
}

test("every part of the envelope is the schema's", () => {
  const schema = envelopeSchema();
  const parts = { header: HEADER, route: ROUTE, control: CONTROL, options: OPTIONS };
  const all = { ...parts, content: CONTENT, response: RESPONSE, messageExtra: MESSAGE_EXTRA };
  const found = Object.entries(all).flatMap(([name, shape]) => {
    const field = schema.fields.find((one) => one.jsonName === name);
    return problems(shape, field?.message as DescMessage);
  });
  expect(found).toEqual([]);
});

test("every member of the two oneofs is reached by a command, with the schema's fields", () => {
  const schema = envelopeSchema();
  for (const [part, memberOf] of [
    ["content", contentMember],
    ["response", responseMember],
  ] as const) {
    const message = schema.fields.find((one) => one.jsonName === part)?.message as DescMessage;
    const reached = new Set<string>();
    for (let cmd = 0; cmd < 120; cmd += 1) {
      for (const direction of [1, 2, 3]) {
        const member = memberOf(cmd, direction);
        if (member === undefined) continue;
        reached.add(member.name);
        const field = message.fields.find((one) => one.jsonName === member.name);
        expect(field?.number, member.name).toBe(member.number);
        expect(problems(member.shape, field?.message as DescMessage)).toEqual([]);
      }
    }
    const members = message.fields.filter((field) => field.oneof !== undefined);
    expect([...reached].sort()).toEqual(members.map((field) => field.jsonName).sort());
  }
});
