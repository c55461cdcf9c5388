/** Stored messages and events as the envelopes that a log shows. */
import { Buffer } from "node:buffer";
import { snowflakeHalves, snowflakeMs } from "../base/snowflake.ts";
import { contentOf, optionsOf } from "../wire/content-bytes.ts";
import { DIRECTION, type Envelope, type MessageExtra } from "../wire/envelope.ts";
import type { PageEntry, PushFields } from "../wire/frame.ts";

/** A row of a log: of a message where `seq` is set, else of an event. */
export interface LogRow {
  /** pts or conversationPts or, in history, seq. */
  position: number;
  id: string | null;
  conversation_id: number | null;
  conversation_type: number | null;
  seq: number | null;
  conversation_pts: number | null;
  cmd: number | null;
  type: number | null;
  flags: number | null;
  sender: string | null;
  local_id: string | null;
  content: Buffer | null;
  options: Buffer | null;
  mentioned: boolean | null;
  /** Of messages: how often it was edited, null for never. */
  version?: number | null;
  /** What was given to the message, in history. */
  reactions?: NonNullable<MessageExtra["reactions"]>;
  /** The reader has deleted it for himself. */
  gone?: boolean;
}

const MENTIONS_ALL = 1;
const SERVER_API = 2;
const SYSTEM = 4;
const EMPTIED = 8;
const RECALLED = 256;

/** Whether the row is not gone: expired, removed by clean-up, deleted by this reader. */
export function isThere(row: LogRow): boolean {
  if (row.id === null || row.cmd === null || row.content === null) return false;
  if (row.gone === true) return false;
  return ((row.flags ?? 0) & EMPTIED) === 0 || isRecalled(row);
}

/** What was recalled is there, and says nothing. */
function isRecalled(row: LogRow): boolean {
  return row.seq !== null && ((row.flags ?? 0) & RECALLED) !== 0;
}

/**
 * An entry of a page as it was pushed, its content the bytes that were stored. `pts` is −1 outside
 * of a user's own log. Undefined for what is gone.
 */
export function pageEntryOf(row: LogRow, pts: number): PageEntry | Envelope | undefined {
  if (!isThere(row)) return undefined;
  if (isRecalled(row) || row.version || row.reactions) return changedEntryOf(row, pts);
  const flags = row.flags ?? 0;
  const id = snowflakeHalves(row.id as string);
  const isMessage = row.seq !== null;
  const push: PushFields = {
    cmd: row.cmd as number,
    type: row.type ?? 0,
    conversationId: row.conversation_id || -1,
    conversationType: row.conversation_type ?? 0,
    from: row.sender ?? "",
    source: sourceName(flags),
    localId: row.local_id ?? "",
    content: whole(row.content as Buffer),
    options: whole(row.options ?? NO_BYTES),
    messageIdHigh: isMessage ? id.high : 0,
    messageIdLow: isMessage ? id.low : 0,
    seq: row.seq ?? -1,
    conversationPts: row.conversation_pts ?? -1,
    timestamp: snowflakeMs(id),
    mentionedAll: isMessage && (flags & MENTIONS_ALL) !== 0,
    duplicate: false,
  };
  return { push, pts, mentioned: row.mentioned === true };
}

/** What has changed since it was pushed. */
function changedEntryOf(row: LogRow, pts: number): Envelope | undefined {
  const envelope = envelopeOf(row);
  if (pts >= 0 && envelope?.messageExtra !== undefined) envelope.messageExtra.pts = pts;
  return envelope;
}

/** The same as an envelope, for HTTP. Undefined for what is gone. */
export function envelopeOf(row: LogRow): Envelope | undefined {
  const flags = row.flags ?? 0;
  if (row.id === null || row.cmd === null || row.content === null) return undefined;
  if (!isThere(row)) return undefined;
  const recalled = isRecalled(row);
  const id = snowflakeHalves(row.id);
  const source = sourceName(flags);
  const envelope: Envelope = {
    direction: DIRECTION.push,
    cmd: row.cmd,
    header: { version: 1, localId: row.local_id ?? "" },
    route: {
      ...(row.type ? { type: row.type } : {}),
      ...(row.conversation_id ? { conversationId: row.conversation_id } : {}),
      ...(row.conversation_type ? { conversationType: row.conversation_type } : {}),
      ...(row.sender === null ? {} : { from: row.sender }),
      source,
    },
    ...(recalled ? {} : { content: contentOf(whole(row.content), row.cmd) }),
    messageExtra: {
      ...(row.seq === null ? {} : { messageId: row.id, conversationSeq: row.seq }),
      ...(row.conversation_pts === null ? {} : { conversationPts: row.conversation_pts }),
      timestamp: snowflakeMs(id),
      ...((flags & MENTIONS_ALL) === 0 || row.seq === null ? {} : { mentionedAll: true }),
      ...(recalled ? { hidden: true, recalled } : {}),
      ...(row.version ? { version: row.version } : {}),
      ...(row.reactions ? { reactions: row.reactions } : {}),
      ...(row.mentioned === true ? { mentioned: true } : {}),
    },
  };
  if (row.options !== null && row.options.length > 0)
    envelope.options = optionsOf(whole(row.options));
  return envelope;
}

/** Roughly how many bytes an event takes in a page. */
export function eventBytes(row: LogRow): number {
  return 200 + (row.content?.length ?? 0) + (row.options?.length ?? 0);
}

/** What stands in history for a seq that is gone or not for this reader. */
export function tombstone(
  { conversationId, conversationType }: { conversationId: number; conversationType: number },
  seq: number,
): Envelope {
  return {
    direction: DIRECTION.push,
    cmd: 0,
    route: { conversationId, conversationType },
    messageExtra: { conversationSeq: seq, hidden: true },
  };
}

function sourceName(flags: number): string {
  if ((flags & SYSTEM) !== 0) return "system";
  return (flags & SERVER_API) !== 0 ? "serverApi" : "websocket";
}

const NO_BYTES = Buffer.alloc(0);

function whole(bytes: Buffer) {
  return { bytes, start: 0, end: bytes.length };
}
