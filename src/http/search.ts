/** Search over a user's own messages, and a conversation as a whole. */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../base/clock.ts";
import { KeyedRates } from "../filter/keyed-rates.ts";
import { history, type Reader, shownOf } from "../inbox/history.ts";
import { searchMessages } from "../inbox/search.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { Done, Lines, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller, usersNamed } from "./auth.ts";
import { readerOf } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import { conversationIdField, limitField, messageIdField, nameField, textField } from "./fields.ts";
import { ENVELOPE, pageData } from "./pages.ts";

const USER_ID = nameField("Required with the app key; with a user's token the caller").optional();
const TEXT_BYTES = 256;
/** Searches of one user; others are answered 429. */
const SEARCHES_PER_SECOND = 5;
const SEARCHES_BURST = 20;

const SEARCH = z.object({
  text: textField("Words; all must be in the message, each may be the beginning of one"),
  conversationId: conversationIdField("In this conversation alone").optional(),
  from: nameField("Of this sender alone").optional(),
  before: messageIdField("Messages older than this one: the last of the page before").optional(),
  limit: limitField(50),
  userId: USER_ID,
});

const EXPORT = z.object({
  conversationId: conversationIdField(),
  userId: nameField("With the app key: as this user sees it; absent: as the server").optional(),
});

interface Parts {
  sql: Sql;
  clock: Clock;
}

export function addSearch(endpoints: Endpoints, parts: Parts): void {
  const rates = new KeyedRates<number>(SEARCHES_PER_SECOND, SEARCHES_BURST);
  endpoints.add({
    method: "get",
    path: "/openapi/v1/search",
    tag: "messages",
    summary: "Messages of a user's conversations that hold all words, newest first",
    access: "anyone known",
    input: SEARCH,
    data: z.object({ messages: z.array(ENVELOPE), final: z.boolean() }),
    handle: (input, caller) => search(parts, rates, caller, input),
  });
  const exporting = new Set<number>();
  endpoints.add({
    method: "get",
    path: "/openapi/v1/conversation/export",
    tag: "messages",
    summary: "A conversation as a whole: an envelope a line, the last line `{final, messages}`",
    access: "anyone known",
    input: EXPORT,
    data: ENVELOPE,
    lines: true,
    handle: (input, caller) => exportLines(parts.sql, exporting, caller, input),
  });
}

async function search(
  { sql, clock }: Parts,
  rates: KeyedRates<number>,
  caller: Caller,
  input: z.infer<typeof SEARCH>,
): Promise<Outcome> {
  const { text, conversationId, from, before, limit, userId } = input;
  const user = await actingUser(sql, caller, userId, "query.userId");
  if (user instanceof Refusal) return user;
  if (Buffer.byteLength(text) > TEXT_BYTES) {
    return new Refusal(CODE.tooLarge, `query.text: more than ${TEXT_BYTES} bytes`);
  }
  if (!rates.take(user.id, clock.monotonicMs())) {
    return new Refusal(CODE.rateLimited, `more than ${SEARCHES_PER_SECOND} searches a second`);
  }
  if (conversationId !== undefined) {
    const reader = await readerOf(sql, conversationId, user.id);
    if (reader instanceof Refusal) return reader;
  }
  const senders = from === undefined ? [undefined] : await usersNamed(sql, [from], "query.from");
  if (senders instanceof Refusal) return senders;
  const asked = { text, conversationId, senderId: senders[0], before, limit };
  const page = await searchMessages(sql, user.id, asked);
  if (page === undefined) return new Refusal(CODE.malformed, "query.text: no word in it");
  return new Done(pageData(CMD.conversationSync, page));
}

/** One at a time for a user, and one for the server: an export reads all that there is. */
async function exportLines(
  sql: Sql,
  exporting: Set<number>,
  caller: Caller,
  { conversationId, userId }: z.infer<typeof EXPORT>,
): Promise<Outcome> {
  const server = caller.user === undefined && userId === undefined;
  const user = server ? { id: 0, name: "" } : await actingUser(sql, caller, userId, "query.userId");
  if (user instanceof Refusal) return user;
  const reader = await readerOf(sql, conversationId, user.id);
  if (reader instanceof Refusal) return reader;
  if (exporting.has(user.id)) return new Refusal(CODE.rateLimited, "an export is under way");
  exporting.add(user.id);
  return new Lines(linesOf(sql, reader, () => exporting.delete(user.id)));
}

async function* linesOf(sql: Sql, reader: Reader, ended: () => void): AsyncGenerator<string> {
  try {
    let fromSeq = reader.joinedSeq;
    let count = 0;
    for (;;) {
      const page = await history(sql, reader, fromSeq, LIMIT.pageEvents, false);
      const { messages } = pageData(CMD.conversationSync, shownOf(reader, page)) as {
        messages: unknown[];
      };
      let lines = "";
      for (const message of messages) lines += `${JSON.stringify(message)}\n`;
      yield lines;
      count += messages.length;
      fromSeq += messages.length;
      if (page.final || messages.length === 0) break;
    }
    yield `${JSON.stringify({ final: true, messages: count })}\n`;
  } finally {
    ended();
  }
}
