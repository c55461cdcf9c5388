/** SYNC_CONVERSATION (72), CONVERSATION_SYNC (34): lists and history. */
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import { conversationPage } from "../inbox/conversation-list.ts";
import { findReader, history, middle } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { flagOf, memberCode, numberOf, textOf } from "./parameters.ts";

const LIST_DEFAULT = 100;

export function conversationListCommand(sql: Sql): Command {
  return async ({ sender, envelope }) => {
    const data = envelope.content?.data ?? {};
    const limit = numberOf(data, "limit") || LIST_DEFAULT;
    if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
    const page = await conversationPage(sql, sender.userId, textOf(data, "cursor"), limit);
    return answered(CODE.ok, { ...page });
  };
}

export function historyCommand(sql: Sql): Command {
  return async ({ sender, envelope }) => {
    const conversationId = envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = envelope.content?.data ?? {};
    const limit = numberOf(data, "limit") || LIST_DEFAULT;
    if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
    const found = await findReader(sql, conversationId, sender.userId);
    if (found?.reader === undefined) return answered(memberCode(found));
    const given = data["fromSeq"] === undefined ? undefined : numberOf(data, "fromSeq");
    const fromSeq = flagOf(data, "around") ? middle(given, limit) : given;
    const backward = flagOf(data, "backward");
    return answered(CODE.ok, { ...(await history(sql, found.reader, fromSeq, limit, backward)) });
  };
}

export function conversationRequired() {
  return refusedWith(CODE.incomplete, "route.conversationId is required");
}
