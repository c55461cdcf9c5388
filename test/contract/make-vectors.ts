/**
 * Writes the golden vectors: `bun test/contract/make-vectors.ts`. Run it only when the protocol
 * grows; the diff of the vectors is then the diff of the protocol.
 */
import { join } from "node:path";
import { type Codecs, createCodecs } from "../../src/wire/codec.ts";
import { ACCEPTED } from "./accepted.ts";
import { type Case, PUSHES, REQUESTS, RESPONSES } from "./cases.ts";
import { GROUP_REQUESTS } from "./group-cases.ts";
import { MESSAGE_PUSHES, MESSAGE_REQUESTS, MESSAGE_RESPONSES } from "./message-cases.ts";
import { REFUSED } from "./refused.ts";
import { RELATION_PUSHES, RELATION_REQUESTS, RELATION_RESPONSES } from "./relation-cases.ts";

export interface Vector {
  name: string;
  json: unknown;
  proto: string;
  msgpack: string;
}

/** File name to its contents. */
export function makeVectors(): Record<string, unknown[]> {
  const codecs = createCodecs();
  const written = (cases: readonly Case[]) => cases.map((one) => vectorOf(one, codecs));
  return {
    "requests.json": written([
      ...[...REQUESTS, ...GROUP_REQUESTS],
      ...[...RELATION_REQUESTS, ...MESSAGE_REQUESTS],
    ]),
    "responses.json": written([...RESPONSES, ...RELATION_RESPONSES, ...MESSAGE_RESPONSES]),
    "pushes.json": written([...PUSHES, ...RELATION_PUSHES, ...MESSAGE_PUSHES]),
    "accepted.json": [...ACCEPTED],
    "refused.json": [...REFUSED],
  };
}

function vectorOf({ name, envelope }: Case, codecs: Codecs): Vector {
  return {
    name,
    json: JSON.parse(codecs.json.encode(envelope) as string),
    proto: Buffer.from(codecs.proto.encode(envelope) as Uint8Array).toString("hex"),
    msgpack: Buffer.from(codecs.msgpack.encode(envelope) as Uint8Array).toString("hex"),
  };
}

if (import.meta.main) {
  for (const [file, vectors] of Object.entries(makeVectors())) {
    const text = `[\n${vectors.map((vector) => `  ${JSON.stringify(vector)}`).join(",\n")}\n]\n`;
    await Bun.write(join(import.meta.dir, "vectors", file), text);
  }
}
