/**
 * K8, second part: content that this server's schema doesn't know and would not have written so
 * comes out byte for byte, in the table and in the push.
 */

import protobuf from "protobufjs";
import { type Envelope, encodeProto, envelopeSchema } from "./framing.ts";
import { befriend, login } from "./http-client.ts";
import { code, connect, describe, textMessage } from "./raw-client.ts";
import { messageRows } from "./compare.ts";
import { gateway, openSql, runName, type Target } from "./target.ts";

export async function run(target: Target): Promise<string[]> {
  const name = runName("k8b");
  const [alice, bob] = [`${name}-alice`, `${name}-bob`];
  const token = await login(target, alice, "im_web");
  const bobToken = await login(target, bob, "im_web");
  await befriend(target, alice, bob);
  const framing = "proto";
  const sender = await connect({ base: gateway(target, 0), token, device: "im_web", framing });
  const reader = await connect({
    base: gateway(target, 1),
    token: bobToken,
    device: "im_web",
    framing,
  });
  const sql = openSql(target);
  const failures: string[] = [];
  try {
    for (const [index, [what, content]] of oddContents().entries()) {
      const localId = `${name}-${index}`;
      const { content: _, ...rest } = textMessage(1, { to: bob }, localId, "");
      sender.sendRaw(withContent(rest, content, index % 2 === 1));
      const answer = (await sender.find((one) => one.header?.localId === localId, 12_000))
        ?.envelope;
      if (code(answer) !== 200) {
        failures.push(`${what}: ${describe(answer)}`);
        continue;
      }
      const rows = await messageRows(sql, String(answer?.route?.conversationId));
      const row = rows.find((one) => one.localId === localId);
      if (!row?.content.equals(content)) {
        failures.push(`${what}: the table has ${row?.content.toString("hex")}`);
      }
      const wanted = answer?.messageExtra?.messageId;
      const push = await reader.find((one) => one.messageExtra?.messageId === wanted, 5000);
      const pushed = push ? contentOf(push.raw as Uint8Array) : Buffer.alloc(0);
      if (!pushed.equals(content)) failures.push(`${what}: pushed as ${pushed.toString("hex")}`);
    }
    console.log(`k8: ${oddContents().length} odd contents through table and push`);
    return failures;
  } finally {
    sender.close();
    reader.close();
    await sql.end({ timeout: 2 });
  }
}

/** Each is valid protobuf of the schema's Content, with what this schema has no name for. */
function oddContents(): [string, Buffer][] {
  const known = { text: "odd order", mentions: { all: false, uids: ["a"] }, extension: '{"a":1}' };
  const backwards = Buffer.concat(fieldsOf(known).reverse());
  const unknown = protobuf.Writer.create();
  unknown.uint32((1999 << 3) | 2).bytes(Buffer.from([0, 1, 0xfe, 0xff]));
  unknown.uint32((2000 << 3) | 0).uint64(1);
  const unknownBytes = Buffer.from(unknown.finish());
  return [
    ["reversed field order", backwards],
    ["an unknown field at the end", Buffer.concat([...fieldsOf(known), unknownBytes])],
    ["an unknown field at the start", Buffer.concat([unknownBytes, ...fieldsOf({ text: "x" })])],
    ["both", Buffer.concat([unknownBytes, backwards])],
  ];
}

/** The encoded fields one by one, in ascending order of their numbers. */
function fieldsOf(content: Record<string, unknown>): Buffer[] {
  const schema = envelopeSchema().root.lookupType("linnet.v1.Content");
  return Object.entries(content)
    .sort(([a], [b]) => (schema.fields[a]?.id ?? 0) - (schema.fields[b]?.id ?? 0))
    .map(([field, value]) =>
      Buffer.from(schema.encode(schema.fromObject({ [field]: value })).finish()),
    );
}

/** Puts the bytes in as the envelope's content, behind all other fields or before them. */
function withContent(envelope: Envelope, content: Uint8Array, first: boolean): Uint8Array {
  const id = envelopeSchema().fields["content"]?.id ?? 0;
  const part = protobuf.Writer.create()
    .uint32((id << 3) | 2)
    .bytes(content)
    .finish();
  const rest = encodeProto(envelope);
  return Buffer.concat(first ? [part, rest] : [rest, part]);
}

/** The content's bytes as they stand in a frame, without decoding them. */
function contentOf(frame: Uint8Array): Buffer {
  const id = envelopeSchema().fields["content"]?.id ?? 0;
  const reader = protobuf.Reader.create(frame);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((id << 3) | 2)) return Buffer.from(reader.bytes());
    reader.skipType(tag & 7);
  }
  return Buffer.alloc(0);
}
