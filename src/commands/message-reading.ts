/** What can be asked about messages: pins (16), edits (17), who has read one (25). */
import type { CatchUp } from "../gateway/catch-up.ts";
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import { findReader, guestReader, type Reader } from "../inbox/history.ts";
import { editedVersions, pinnedMessages, readersOf } from "../inbox/message-facts.ts";
import type { Sql } from "../postgres/client.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { memberCode, numberOf, textOf } from "./parameters.ts";
import { conversationRequired } from "./reading.ts";

const PAGE_DEFAULT = 100;

/** Undefined: there is no such message for this reader. */
type Question = (reader: Reader, data: Data) => Promise<Data | undefined>;

interface Parts {
  sql: Sql;
  catchUp: CatchUp;
}

export function pinListCommand(parts: Parts): Command {
  const { sql } = parts;
  return asked(parts, false, async (reader) => ({ messages: await pinnedMessages(sql, reader) }));
}

export function editListCommand(parts: Parts): Command {
  const { sql } = parts;
  return asked(parts, true, (reader, data) => {
    const limit = numberOf(data, "limit") || PAGE_DEFAULT;
    const from = numberOf(data, "fromVersion");
    return editedVersions(sql, reader, textOf(data, "messageId"), from, limit);
  });
}

export function readerListCommand(parts: Parts): Command {
  const { sql } = parts;
  return asked(parts, true, (reader, data) => {
    const limit = numberOf(data, "limit") || PAGE_DEFAULT;
    return readersOf(sql, reader, textOf(data, "messageId"), textOf(data, "cursor"), limit);
  });
}

/** Answers members only, and who attends from this connection. */
function asked({ sql, catchUp }: Parts, ofMessage: boolean, question: Question): Command {
  return async ({ slot, sender, envelope }) => {
    const conversationId = envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = envelope.content?.data ?? {};
    if (ofMessage && data["messageId"] === undefined) {
      return refusedWith(CODE.incomplete, "content.data.messageId is required");
    }
    if (numberOf(data, "limit") > LIMIT.pageEvents) {
      return refusedWith(CODE.tooLarge, "limit is at most 500");
    }
    const leased = catchUp.leasedFrom(slot, conversationId);
    const guest = leased && (await guestReader(sql, conversationId, sender.userId, leased.seq));
    const found = guest ? undefined : await findReader(sql, conversationId, sender.userId);
    const reader = guest ?? found?.reader;
    if (reader === undefined) return answered(memberCode(found));
    const answer = await question(reader, data);
    if (answer !== undefined) return answered(CODE.ok, answer);
    return refusedWith(CODE.notFound, `there is no message ${textOf(data, "messageId")}`);
  };
}
