/** What becomes of a run: the plan that it fills, and what all plans share of answers and items. */
import { Buffer } from "node:buffer";
import { type AnswerItem, ITEM } from "../delivery/record.ts";
import type { Outgoing } from "../delivery/router.ts";
import type { BatchRows } from "../store/batch.ts";
import { RECORD_FLAG, type StreamRecord } from "../transfer/record.ts";

export interface Plan {
  rows: BatchRows;
  outgoing: Outgoing[];
  /** Conversations whose numbers in Redis are to be set right → how many seqs they have given. */
  counts: Map<number, number>;
  /** Messages whose number from Redis did not hold. */
  renumbered: number;
  /** Keys of the messages, to be remembered after the commit. */
  keys: number[];
}

export function emptyPlan(): Plan {
  return {
    rows: { messages: [], events: [], inbox: [], cursors: [] },
    outgoing: [],
    counts: new Map(),
    renumbered: 0,
    keys: [],
  };
}

export function sourceOf(flags: number): string {
  if ((flags & RECORD_FLAG.system) !== 0) return "system";
  return (flags & RECORD_FLAG.serverApi) !== 0 ? "serverApi" : "websocket";
}

/** The gateway that waits for the answer, "" for none. */
export function answering(record: StreamRecord): string {
  return record.request === 0 ? "" : record.gatewayId;
}

export function refusal(record: StreamRecord, code: number, message = ""): Outgoing {
  const item: AnswerItem = { ...answerOf(record.request, code), message };
  return { item, answerGateway: answering(record), everywhere: false };
}

export function answerOf(request: number, code: number): AnswerItem {
  return {
    kind: ITEM.answer,
    request,
    code,
    message: "",
    conversationId: -1,
    conversationType: 0,
    messageIdHigh: 0,
    messageIdLow: 0,
    seq: -1,
    pts: -1,
    conversationPts: -1,
    timestamp: 0,
    duplicate: false,
  };
}

export const NO_BYTES = { bytes: Buffer.alloc(0), start: 0, end: 0 } as const;
