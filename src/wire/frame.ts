/** What a gateway reads of a frame, and writes into one: the contract of every framing's codec. */
import type { Envelope } from "./envelope.ts";

export const FRAMINGS = ["json", "proto", "msgpack"] as const;
export type Framing = (typeof FRAMINGS)[number];

/** What a WebSocket may ask for: the framings of the envelope, and that of ExampleIM's clients. */
export const SUBPROTOCOLS = [...FRAMINGS, "exampleim"] as const;
export type Subprotocol = (typeof SUBPROTOCOLS)[number];

/** What `read` answers for a frame that asks for nothing. */
export const READ_IGNORED = -1;
/** Begins the `localId` of an answer that nobody waits for: a codec drops it when it says 200. */
export const UNANSWERED = "\u0000";

/** What `control.security` asks for. */
export const SECURITY = { checkSensitive: 1, checkSpam: 2, encrypted: 4, carried: 8 } as const;

/** Bytes in a larger buffer, so that content is passed on without a copy. */
export interface Slice {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * The parts of a request that steps 1 to 4 need. One object is reused for every frame:
 * `read` sets every field, absent ones to their defaults.
 */
export interface Inbound {
  direction: number;
  cmd: number;
  /** "" when absent. */
  localId: string;
  deviceId: string;
  /** −1 when absent. */
  conversationId: number;
  /** 0 when absent. */
  conversationType: number;
  type: number;
  /** "" when absent. */
  to: string;
  /** Shared empty array when absent. */
  target: readonly string[];
  persistent: boolean;
  /** Whether the sender said `persistent` at all. */
  persistentGiven: boolean;
  pushEnabled: boolean;
  /** Seconds, 0 for ever. */
  ttl: number;
  /** The sender doesn't want to know who has it or has read it. */
  noReceipt: boolean;
  /** Of which alone the sender wants to know: 1 delivered, 2 read; 0 for both. */
  receiptType: number;
  /** It is not to count as unread. */
  uncounted: boolean;
  /** Ms since 1970, 0 for at once. */
  sendAt: number;
  /**
   * The protobuf bytes of `content`; on the protobuf path the frame's own. Empty range when absent.
   */
  content: Slice;
  /** The protobuf bytes of `options`. */
  options: Slice;
  /** UTF-8 bytes of `content.text`. */
  textBytes: number;
  mentionsAll: boolean;
  mentionUids: readonly string[];
  /** Field number of the member of `content.data`, 0 for none. */
  dataField: number;
  /** Whether the framing names no command for groups: it is that of the conversation's type. */
  byType: boolean;
  /** Whether the sender waits for no answer. */
  silent: boolean;
  /** JSON of what the sender wishes beside the delivery (wishes.ts), "" for nothing. */
  wishes: string;
  /** 0 to 9; below 5, but for 0, it is refused sooner when the server is overloaded. */
  priority: number;
  /** Whether the sender's own log has it, for his other devices. */
  syncDevice: boolean;
  /** Bits of SECURITY; 0 for most. */
  security: number;
  /** Seconds after it was read, 0 for ever. */
  readTimeout: number;
  /** The sender's signature, "" for none. */
  sign: string;
  /** What is wrong, and where, after `read` answered a code. */
  problem: string;
}

/** Everything of a stored or transient event that its push shows; the same for all recipients. */
export interface PushFields {
  cmd: number;
  type: number;
  conversationId: number;
  conversationType: number;
  /** "" for the system. */
  from: string;
  source: string;
  localId: string;
  content: Slice;
  options: Slice;
  /** Snowflake as its two 32-bit halves, unsigned; both 0 when there is none. */
  messageIdHigh: number;
  messageIdLow: number;
  /** −1 when there is none. */
  seq: number;
  /** −1 when there is none. */
  conversationPts: number;
  timestamp: number;
  mentionedAll: boolean;
  duplicate: boolean;
}

export interface Codec<Name extends Subprotocol = Framing> {
  readonly framing: Name;
  /**
   * Reads the frame into `into`. Answers 0, READ_IGNORED, or a code (1004 for what can't be read)
   * with `into.problem`; `direction`, `cmd` and `localId` are set as far as they could be read.
   */
  read(frame: string | Uint8Array, into: Inbound): number;
  /**
   * Reads `direction`, `cmd` and `localId` alone, so that a frame can be refused for little. What
   * it answers 0 for may still be malformed further on.
   */
  readStart(frame: string | Uint8Array, into: Inbound): number;
  /** The whole envelope of a frame. Cold: for commands. A string names what is wrong (1004). */
  decode(frame: string | Uint8Array): Envelope | string;
  encode(envelope: Envelope): string | Uint8Array;
  /** The same for an answer whose data has a list beside what `envelope` says. */
  encodePage(envelope: Envelope, page: PageList): string | Uint8Array;
  /** Encodes a push up to the parts that differ by recipient. */
  beginPush(fields: PushFields): void;
  /**
   * The frame of the push begun last, for one recipient: `pts` −1 for none. What was written is
   * valid until the next call. "" where the framing has no frame for it, here and in all that
   * encodes: then nothing is sent.
   */
  stampPush(pts: number, mentioned: boolean): string | Written;
  /** The answer to a send: RESPONSE with `cmd`, `localId`, code and, when taken, the numbers. */
  encodeAnswer(answer: SendAnswer): string | Written;
}

/** An event of a page, told as it was pushed. */
export interface PageEntry {
  push: PushFields;
  /** −1 for none. */
  pts: number;
  mentioned: boolean;
}

export interface PageList {
  /** Of the member of `response.data`, where it is the first field. */
  name: "events" | "messages";
  /** What was never pushed is an envelope. */
  entries: readonly (PageEntry | Envelope)[];
}

/** A binary frame in a buffer that is reused: its bytes up to `at`. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** For what is sent at once: a view. */
export function frameOf(frame: string | Written): string | Uint8Array {
  return typeof frame === "string" ? frame : frame.bytes.subarray(0, frame.at);
}

export interface SendAnswer {
  cmd: number;
  localId: string;
  code: number;
  /** What is wrong, or "" for the code's own text. */
  message: string;
  /** −1 when there is none. */
  conversationId: number;
  conversationType: number;
  messageIdHigh: number;
  messageIdLow: number;
  seq: number;
  conversationPts: number;
  pts: number;
  timestamp: number;
  duplicate: boolean;
}
