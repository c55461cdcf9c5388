/** A change's message of the system: numbered by the writer among the conversation's others. */
import { Buffer } from "node:buffer";
import { snowflakeMs } from "../base/snowflake.ts";
import { ITEM, type Recipient } from "../delivery/record.ts";
import type { Outgoing } from "../delivery/router.ts";
import type { InboxRow, MessageRow } from "../store/batch.ts";
import type { ConversationState } from "../store/numbering.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { NO_BYTES, sourceOf } from "./outcome.ts";
import type { WriterMemory } from "./writer-memory.ts";

/** `route.type` GROUP_NOTIFY. */
const GROUP_NOTIFY = 41;

interface Notice {
  row: MessageRow;
  inbox: InboxRow[];
  outgoing: Outgoing;
}

/** Takes the next seq of a narrow conversation, and the next pts of each of its members. */
export function noticeMessage(
  memory: WriterMemory,
  state: ConversationState,
  bytes: Uint8Array,
  wallMs: number,
): Notice {
  const id = memory.snowflakes.next(wallMs);
  const seq = ++state.lastSeq;
  const content = Buffer.from(bytes);
  const flags = RECORD_FLAG.system;
  const recipients: Recipient[] = state.members.map((userId) => ({
    userId,
    pts: memory.positions.next(userId),
    mentioned: false,
  }));
  const said = { conversationId: state.id, cmd: CMD.sysNotify, type: GROUP_NOTIFY, localId: "" };
  // Keys of requests are hashes and never below 0, so none is equal.
  const key = -1 - seq;
  const row: MessageRow = {
    ...said,
    id,
    seq,
    senderId: 0,
    key,
    conversationPts: -1,
    ttl: 0,
    flags,
    deviceId: "",
    content,
    options: Buffer.alloc(0),
    target: [],
    mentions: [],
    wishes: "",
  };
  const push = {
    ...said,
    conversationType: state.type,
    from: "",
    source: sourceOf(flags),
    content: { bytes: content, start: 0, end: content.length },
    options: NO_BYTES,
    messageIdHigh: id.high,
    messageIdLow: id.low,
    seq,
    conversationPts: -1,
    timestamp: snowflakeMs(id),
    mentionedAll: false,
    duplicate: false,
  };
  const item = {
    kind: ITEM.event,
    push,
    senderId: 0,
    request: 0,
    wide: false,
    recipients,
  } as const;
  return {
    row,
    inbox: recipients.map(({ userId, pts }) => ({
      userId,
      pts,
      messageId: id,
      eventId: undefined,
      mentioned: false,
    })),
    outgoing: { item, answerGateway: "", everywhere: false },
  };
}
