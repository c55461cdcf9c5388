/** Random envelopes, made from the tables of shapes, for the property tests of the codecs. */
import * as fc from "fast-check";
import { isChat } from "../../../src/wire/commands.ts";
import { contentMember, responseMember } from "../../../src/wire/data-shapes.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
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

const COMMANDS = [
  0, 1, 2, 5, 6, 11, 12, 13, 14, 21, 22, 23, 24, 33, 34, 41, 42, 43, 44, 45, 46, 53, 61, 62, 63, 64,
  71, 72, 81, 82, 91, 93, 99, 101, 113, 4_000_000_000,
];

/** In the normal form that `decode` answers: no implicit field with its default. */
export function envelopes(directions: readonly number[] = [1, 2, 3]): fc.Arbitrary<Envelope> {
  const start = fc.record({
    direction: fc.constantFrom(...directions),
    cmd: fc.constantFrom(...COMMANDS),
  });
  return start.chain(({ direction, cmd }) => {
    const parts = fc.record(
      {
        header: part(HEADER),
        route: part(ROUTE),
        content: withData(CONTENT, contentMember(cmd, direction)?.shape).map((content) =>
          isChat(cmd) ? withoutEmptyData(content) : content,
        ),
        control: part(CONTROL),
        options: part(OPTIONS),
        response: withData(RESPONSE, responseMember(cmd, direction)?.shape).map((response) => ({
          code: 0,
          ...response,
        })),
        messageExtra: part(MESSAGE_EXTRA),
      },
      { requiredKeys: [] },
    );
    return parts.map((rest) => ({ direction, cmd, ...rest }));
  });
}

/** A message's empty data is as good as none. */
function withoutEmptyData(content: { data?: object }): object {
  const { data, ...rest } = content;
  return data === undefined || Object.keys(data).length === 0 ? rest : content;
}

function withData(shape: Shape, data: Shape | undefined): fc.Arbitrary<object> {
  if (data === undefined) return part(shape);
  return fc
    .tuple(part(shape), fc.option(part(data), { nil: undefined }))
    .map(([fields, inner]) => (inner === undefined ? fields : { ...fields, data: inner }));
}

function part(shape: Shape): fc.Arbitrary<object> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(shape)) fields[name] = valueOf(field);
  return fc.record(fields, { requiredKeys: [] }).map((made) => {
    const kept = Object.entries(made).filter(([name, value]) => {
      const optional = shape[name]?.optional === true;
      return optional || !(value === 0 || value === "" || value === false || isEmpty(value));
    });
    return Object.fromEntries(kept);
  });
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function valueOf(field: Field): fc.Arbitrary<unknown> {
  const single = singleOf(field);
  return field.listMax === undefined ? single : fc.array(single, { maxLength: 3 });
}

const SAFE = Number.MAX_SAFE_INTEGER;

function singleOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "uint32":
      return fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));
    case "int64":
      return fc.oneof(fc.nat(300), fc.integer({ min: -SAFE, max: SAFE }));
    case "conversationId":
      return fc.oneof(fc.nat(300), fc.integer({ min: 0, max: SAFE }));
    case "id64":
      return fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
    case "bool":
      return fc.boolean();
    case "string":
    case "jsonText":
      return fc.string({ unit: "binary", maxLength: 40 });
    case "name":
    case "localId":
      return fc.string({ unit: "binary", maxLength: 16 }).map((id) => id.replaceAll("\0", "."));
    case "part":
      return part(field.shape ?? {});
    case "envelope":
      return fc.constant({
        direction: 3,
        cmd: 1,
        content: { text: "e" },
        messageExtra: { messageId: "9223372036854775807", conversationSeq: 0 },
      });
  }
}
