/** SYNC_CONVERSATION (72), CONVERSATION_SYNC (34): lists and history. */
import type { CatchUp } from "../gateway/catch-up.ts";
import { answered, type Command, listed, refusedWith } from "../gateway/command.ts";
import { conversationPage } from "../inbox/conversation-list.ts";
import { pageEntryOf, tombstone } from "../inbox/events.ts";
import { findReader, guestReader, history, middle } from "../inbox/history.ts";
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

export function historyCommand(sql: Sql, catchUp: CatchUp): Command {
  return async ({ slot, sender, envelope }) => {
    const conversationId = envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = envelope.content?.data ?? {};
    const limit = numberOf(data, "limit") || LIST_DEFAULT;
    if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
    const leased = catchUp.leasedFrom(slot, conversationId);
    const guest = leased && (await guestReader(sql, conversationId, sender.userId, leased.seq));
    const found = guest ? undefined : await findReader(sql, conversationId, sender.userId);
    const reader = guest ?? found?.reader;
    if (reader === undefined) return answered(memberCode(found));
    const given = data["fromSeq"] === undefined ? undefined : numberOf(data, "fromSeq");
    const fromSeq = flagOf(data, "around") ? middle(given, limit) : given;
    const backward = flagOf(data, "backward");
    const { entries, final } = await history(sql, reader, fromSeq, limit, backward);
    const shown = entries.map((entry) =>
      typeof entry === "number"
        ? tombstone(reader, entry)
        : (pageEntryOf(entry, -1) ?? tombstone(reader, entry.position)),
    );
    return listed({ final }, { name: "messages", entries: shown });
  };
}

export function conversationRequired() {
  return refusedWith(CODE.incomplete, "route.conversationId is required");
}
