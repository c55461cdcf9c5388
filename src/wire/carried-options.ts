/** What the server carries to the recipients with a message's options: signature, read time. */
import type { Options } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Inbound, Slice } from "./frame.ts";
import { createScratch, putBytes, putVarint } from "./scratch.ts";
import { utf8Encode } from "./utf8.ts";

/** Field 140 of linnet.v1.Options, length-delimited, and 141, a varint. */
const SIGN_TAG = 0x462;
const READ_TIMEOUT_TAG = 0x468;

/** The options with what is carried behind them, in bytes of their own. */
export function carriedOptions(
  options: Slice,
  { sign, readTimeout }: { sign: string; readTimeout: number },
): Uint8Array {
  const text = utf8Encode(sign);
  const out = createScratch(options.end - options.start + text.length + 24);
  putBytes(out, options.bytes, options.start, options.end);
  if (text.length > 0) {
    putVarint(out, SIGN_TAG);
    putVarint(out, text.length);
    putBytes(out, text, 0, text.length);
  }
  if (readTimeout > 0) {
    putVarint(out, READ_TIMEOUT_TAG);
    putVarint(out, readTimeout);
  }
  return out.bytes.subarray(0, out.at);
}

/** 0, or the code of a request that sets itself what only the server sets. */
export function checkOptions(options: Options | undefined, into: Inbound): number {
  if (options?.sign === undefined && options?.readTimeout === undefined) return 0;
  into.problem = "options: sign and readTimeout are set by the server, from control";
  return CODE.malformed;
}
