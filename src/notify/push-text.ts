/** What an offline push says of a message; nothing of its content where that is encrypted. */
import type { Buffer } from "node:buffer";
import { contentOf } from "../wire/content-bytes.ts";
import { readWishes } from "../wire/wishes.ts";
import type { PushNote } from "./push-note.ts";

/** A message that is due for a user, with what is shown of it. */
export interface PushRow {
  user_id: number;
  message_id: string;
  conversation_id: number;
  conversation_type: number;
  conversation_name: string;
  seq: number;
  pts: number;
  wishes: string;
  cmd: number;
  content: Buffer;
  sender: string | null;
  nickname: string | null;
  tokens: string[] | null;
  attempts: number;
  /** Seconds until it expires; null: never. */
  seconds_left: number | null;
}

const BODY_CHARACTERS_MAX = 200;
const TITLE_CHARACTERS_MAX = 100;
const PAYLOAD_CHARACTERS_MAX = 2000;
const NOT_SHOWN = "New message";
const CALLED = "Incoming call";

/** False where the sender asked for none. */
export function isPushed(wishes: string): boolean {
  return wishes === "" || readWishes(wishes).push?.enable !== false;
}

/** `preview` false: who wrote, and nothing that he or the host application has put into words. */
export function noteOf(row: PushRow, badge: number, preview: boolean): PushNote {
  const { push = {}, encryption = "" } = readWishes(row.wishes);
  const from = row.sender ?? "";
  const sender = row.nickname || from;
  const said = encryption === "" && preview ? saidIn(row) : NOT_SHOWN;
  const isGroup = row.conversation_name !== "";
  const title = (preview && push.title) || (isGroup ? row.conversation_name : sender || NOT_SHOWN);
  const body =
    (preview && push.content) || (isGroup && sender !== "" ? `${sender}: ${said}` : said);
  const payload = push.payload ?? "";
  return {
    title: cut(title, TITLE_CHARACTERS_MAX),
    body: cut(body, BODY_CHARACTERS_MAX),
    badge: push.badge || badge,
    sound: push.sound ?? "",
    channelId: push.channelId ?? "",
    // A provider takes 4 KiB in all: cut JSON would be none.
    payload: payload.length > PAYLOAD_CHARACTERS_MAX ? "" : payload,
    conversationId: String(row.conversation_id),
    conversationType: row.conversation_type,
    messageId: row.message_id,
    from,
    ...(row.seconds_left === null ? {} : { ttl: row.seconds_left }),
  };
}

/** An invitation's words are those that the caller gives for it; without them, who calls. */
export function callNote(call: {
  conversationId: number;
  conversationType: number;
  from: string;
  caller: string;
  callId: string;
  callType: number;
  ttl: number;
  wishes: string;
}): PushNote {
  const { conversationId, conversationType, from, callId, callType, ttl } = call;
  const { push = {} } = readWishes(call.wishes);
  const payload = push.payload ?? "";
  return {
    title: cut(push.title || call.caller, TITLE_CHARACTERS_MAX),
    body: cut(push.content || CALLED, BODY_CHARACTERS_MAX),
    badge: push.badge || undefined,
    sound: push.sound ?? "",
    channelId: push.channelId ?? "",
    payload: payload.length > PAYLOAD_CHARACTERS_MAX ? "" : payload,
    conversationId: conversationId > 0 ? String(conversationId) : "",
    conversationType,
    messageId: "",
    from,
    callId,
    callType,
    ttl,
  };
}

function saidIn({ content, cmd }: PushRow): string {
  const { text = "", mentions } = contentOf({ bytes: content, start: 0, end: content.length }, cmd);
  return mentions?.pushContent || text || NOT_SHOWN;
}

function cut(text: string, charactersMax: number): string {
  const characters = Array.from(text);
  if (characters.length <= charactersMax) return text;
  return `${characters.slice(0, charactersMax - 1).join("")}…`;
}
