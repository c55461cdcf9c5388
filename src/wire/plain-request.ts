/** Step 2 for JSON and MessagePack: a request out of plain data. The next file is src/filter. */
import { CMD } from "./commands.ts";
import type { Inbound } from "./frame.ts";
import { checkCommand, fillInbound, setSlice } from "./inbound.ts";
import { type Reading, startReading } from "./plain-fields.ts";
import { readEnvelope, readStart } from "./plain-read.ts";
import { encodeOptions } from "./proto-envelope.ts";
import { contentBytes } from "./content-bytes.ts";
import { checkOptions } from "./carried-options.ts";

/** Sets what a refusal needs; a frame of which that can't be read is read whole. */
export function readPlainStart(value: unknown, source: Reading["source"], into: Inbound): number {
  const reading = startReading(source, CMD.error);
  if (!readStart(value, reading)) return readPlainRequest(value, source, into);
  into.direction = reading.direction;
  into.cmd = reading.cmd;
  into.localId = reading.localId;
  return 0;
}

/** `into` is cleared. Content and options are transcoded here, once, into bytes of their own. */
export function readPlainRequest(value: unknown, source: Reading["source"], into: Inbound): number {
  const reading = startReading(source, CMD.error);
  reading.request = true;
  const envelope = readEnvelope(value, reading);
  if (envelope === undefined) {
    into.direction = reading.direction;
    into.cmd = reading.cmd;
    into.localId = reading.localId;
    into.problem = reading.problem;
    return reading.code;
  }
  fillInbound(into, envelope);
  const { content, options, cmd, direction } = envelope;
  if (content !== undefined) {
    const bytes = contentBytes(content, cmd, direction);
    setSlice(into.content, bytes, 0, bytes.length);
  }
  if (options !== undefined) {
    const bytes = encodeOptions(options);
    setSlice(into.options, bytes, 0, bytes.length);
  }
  return checkOptions(options, into) || checkCommand(into, content !== undefined);
}
