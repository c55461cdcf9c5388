/** The sender's signature, carried with a message's options to its recipients. */
import type { Options } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Inbound, Slice } from "./frame.ts";
import { createScratch, putBytes, putVarint } from "./scratch.ts";
import { utf8Encode } from "./utf8.ts";

/** Field 140 of linnet.v1.Options, length-delimited. */
const SIGN_TAG = 0x462;

/** The options with the signature behind them, in bytes of their own. */
export function signedOptions(options: Slice, sign: string): Uint8Array {
  const text = utf8Encode(sign);
  const out = createScratch(options.end - options.start + text.length + 8);
  putBytes(out, options.bytes, options.start, options.end);
  putVarint(out, SIGN_TAG);
  putVarint(out, text.length);
  putBytes(out, text, 0, text.length);
  return out.bytes.subarray(0, out.at);
}

/** 0, or the code of a request that sets itself what only the server sets. */
export function checkOptions(options: Options | undefined, into: Inbound): number {
  if (options?.sign === undefined) return 0;
  into.problem = "options.sign: the server sets it, from control.security.sign";
  return CODE.malformed;
}
