/**
 * The message of a broadcast, which is kept in its row until all have it. It is looked at once,
 * when it is made, as one to a single user would be: what each is sent needs no other look at its
 * words, its score or its signature.
 */
import type { Buffer } from "node:buffer";
import { CMD } from "../wire/commands.ts";
import { contentOf, optionsOf } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { type Inbound, SECURITY, type Slice } from "../wire/frame.ts";
import { createInbound, fillContent, fillOptions, setSlice } from "../wire/inbound.ts";
import {
  hasWishes,
  readWishes,
  type Wishes,
  wishesAt,
  wishesEnd,
  withWishes,
} from "../wire/wishes.ts";

/** What of `control` neither the content nor the options carry. */
interface Kept extends Wishes {
  noReceipt?: boolean;
  receiptType?: number;
  priority?: number;
}

/** The options with the rest of `control` in front, as wishes stand in a record. */
export function keptOptions(message: Inbound): Slice {
  const { options, noReceipt, receiptType, priority } = message;
  const kept: Kept = {
    ...readWishes(message.wishes),
    ...(noReceipt ? { noReceipt } : {}),
    ...(receiptType > 0 ? { receiptType } : {}),
    ...(priority > 0 ? { priority } : {}),
  };
  return Object.keys(kept).length === 0 ? options : withWishes(options, JSON.stringify(kept));
}

/** What all recipients are sent; `options` as they were kept. */
export function broadcastMessage(row: {
  type: number;
  ttl: number;
  content: Buffer;
  options: Buffer;
}): Inbound {
  const { type, ttl, content, options } = row;
  const message = createInbound();
  message.cmd = CMD.sysNotify;
  message.type = type;
  message.ttl = ttl;
  setSlice(message.content, content, 0, content.length);
  fillContent(message, contentOf(message.content, message.cmd, DIRECTION.request));
  const isKept = hasWishes(options);
  const start = isKept ? wishesEnd(options, 0) : 0;
  setSlice(message.options, options, start, options.length);
  if (start < options.length) fillOptions(message, optionsOf(message.options));
  if (isKept) fillKept(message, wishesAt(options, 0));
  return message;
}

function fillKept(message: Inbound, text: string): void {
  const { noReceipt = false, receiptType = 0, priority = 0, ...wishes } = JSON.parse(text) as Kept;
  message.noReceipt = noReceipt;
  message.receiptType = receiptType;
  message.priority = priority;
  if (wishes.encryption !== undefined) message.security = SECURITY.encrypted;
  if (Object.keys(wishes).length > 0) message.wishes = JSON.stringify(wishes);
}
