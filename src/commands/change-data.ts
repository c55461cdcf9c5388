/** A change's parameters as its applier reads them, and the outcome of one that was done. */
import type { ChangeResult, Effect } from "../path/change.ts";
import type { StreamRecord } from "../transfer/record.ts";
import { contentOf } from "../wire/content-bytes.ts";
import type { Content, Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";

export function contentOfRecord({ content, cmd }: StreamRecord): Content {
  return contentOf({ bytes: content, start: 0, end: content.length }, cmd);
}

export function dataOf(record: StreamRecord): Data {
  return contentOfRecord(record).data ?? {};
}

/** Nobody's grant, nor the members or the type of a conversation, is another after it. */
export function done(
  conversationId: number,
  effects: Effect[],
  cursors: ChangeResult["cursors"] = [],
): ChangeResult {
  const none = { conversations: [], pairs: [] };
  return { code: CODE.ok, message: "", conversationId, effects, ...none, cursors };
}
