/** The record of a change, for commands and HTTP alike. */
import { Buffer } from "node:buffer";
import { emptyRecord, type RecordFields } from "../transfer/record.ts";
import type { Ingest, Sender } from "./ingest.ts";

/** What is asked, in inner ids; the appliers in commands/ say what they read of it. */
export interface AskedChange {
  cmd: number;
  conversationId?: number;
  peerId?: number;
  value?: number;
  target?: readonly number[];
  /** Protobuf bytes of linnet.v1.Content. */
  content?: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * The key covers what is asked: a localId that is used again for something else is done, not
 * answered as the first.
 */
export function changeRecord(
  ingest: Ingest,
  sender: Sender,
  deviceId: string,
  localId: string,
  asked: AskedChange,
): RecordFields {
  const { cmd, conversationId = 0, peerId = 0, value = 0, target = [], content = NO_BYTES } = asked;
  const bytes = Buffer.from(content).toString("base64");
  const identity = JSON.stringify([localId, cmd, conversationId, peerId, value, target, bytes]);
  return {
    ...emptyRecord(),
    cmd,
    flags: sender.flags,
    senderId: sender.userId,
    conversationId,
    peerId,
    value,
    target,
    key: ingest.keyOf(sender, deviceId, identity),
    from: sender.externalId,
    deviceId,
    localId,
    content: { bytes: content, start: 0, end: content.length },
  };
}
