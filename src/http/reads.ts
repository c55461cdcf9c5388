/** What a user can read back: history of a conversation, the list of them, his own log. */
import { z } from "@hono/zod-openapi";
import type { Acknowledged } from "../gateway/acknowledged.ts";
import { conversationPage } from "../inbox/conversation-list.ts";
import { newestOwnPts, ownDifference } from "../inbox/difference.ts";
import { envelopeOf, type LogRow } from "../inbox/events.ts";
import { history, middle, shownOf } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import type { Envelope } from "../wire/envelope.ts";
import { LIMIT } from "../wire/limits.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller } from "./auth.ts";
import { readerOf } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import {
  conversationIdField,
  flagField,
  limitField,
  nameField,
  positionField,
  textField,
} from "./fields.ts";
import { ENVELOPE, pageData } from "./pages.ts";

const USER_ID = nameField("Required with the app key; with a user's token the caller").optional();

const HISTORY = z.object({
  conversationId: conversationIdField(),
  fromSeq: positionField("The first seq; absent: the oldest, or backward the newest").optional(),
  limit: limitField(),
  backward: flagField("From newer to older"),
  around: flagField("`fromSeq` in the middle of the page"),
  userId: nameField("With the app key: as this user sees it; absent: as the server").optional(),
});

const LIST = z.object({
  cursor: textField("That of the page before").optional(),
  limit: limitField(),
  userId: USER_ID,
});

const SYNC = z.object({
  epoch: textField("That of the log that `pts` is of").optional(),
  pts: positionField("What is known already; absent: nothing").optional(),
  limit: limitField(LIMIT.pageEvents),
  userId: USER_ID,
});

const ENTRY = z.object({
  conversationId: z.string(),
  conversationType: z.int(),
  lastSeq: z.int(),
  readSeq: z.int(),
  unread: z.int(),
  unreadMentions: z.int(),
  conversationPts: z.int().optional(),
  top: z.boolean(),
  mute: z.boolean(),
  last: ENVELOPE.optional(),
  peer: z.string().optional(),
  name: z.string().optional(),
  deliveredSeq: z.int().optional().openapi({ description: "The other has it; of two only" }),
  peerReadSeq: z.int().optional().openapi({ description: "The other has read it; of two only" }),
});

interface Parts {
  sql: Sql;
  epoch: string;
  acknowledged: Acknowledged;
}

export function addReads(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "get",
    path: "/openapi/v1/message",
    tag: "messages",
    summary: "History of a conversation, by seq",
    access: "anyone known",
    input: HISTORY,
    data: z.object({ messages: z.array(ENVELOPE), final: z.boolean() }),
    handle: (input, caller) => readHistory(parts.sql, caller, input),
  });
  endpoints.add({
    method: "get",
    path: "/openapi/v1/conversation",
    tag: "messages",
    summary: "A user's conversations, newest first",
    access: "anyone known",
    input: LIST,
    data: z.object({ conversations: z.array(ENTRY), cursor: z.string(), final: z.boolean() }),
    handle: async ({ userId, cursor = "", limit }, caller) => {
      const user = await actingUser(parts.sql, caller, userId, "query.userId");
      if (user instanceof Refusal) return user;
      const page = await conversationPage(parts.sql, user.id, cursor, limit);
      return new Done(pageData(CMD.syncConversation, page));
    },
  });
  endpoints.add({
    method: "get",
    path: "/openapi/v1/sync",
    tag: "messages",
    summary: "What a user's log has after a position",
    access: "anyone known",
    input: SYNC,
    data: z.object({
      events: z.array(ENVELOPE),
      pts: z.int(),
      final: z.boolean(),
      reset: z.boolean(),
      epoch: z.string(),
    }),
    handle: (input, caller) => readLog(parts, caller, input),
  });
}

function ownEnvelope(row: LogRow): Envelope | undefined {
  const envelope = envelopeOf(row);
  if (envelope?.messageExtra !== undefined) envelope.messageExtra.pts = row.position;
  return envelope;
}

async function readHistory(
  sql: Sql,
  caller: Caller,
  input: z.infer<typeof HISTORY>,
): Promise<Outcome> {
  const { conversationId, fromSeq, limit, backward, around, userId } = input;
  const server = caller.user === undefined && userId === undefined;
  const user = server ? { id: 0, name: "" } : await actingUser(sql, caller, userId, "query.userId");
  if (user instanceof Refusal) return user;
  const reader = await readerOf(sql, conversationId, user.id);
  if (reader instanceof Refusal) return reader;
  const page = await history(
    sql,
    reader,
    around ? middle(fromSeq, limit) : fromSeq,
    limit,
    backward,
  );
  return new Done(pageData(CMD.conversationSync, shownOf(reader, page)));
}

/** A position of another epoch, or beyond the newest, is none of ours: the reader starts afresh. */
async function readLog(
  { sql, epoch, acknowledged }: Parts,
  caller: Caller,
  input: z.infer<typeof SYNC>,
): Promise<Outcome> {
  const user = await actingUser(sql, caller, input.userId, "query.userId");
  if (user instanceof Refusal) return user;
  const { pts = 0, limit } = input;
  const ofOtherEpoch = input.epoch !== undefined && input.epoch !== epoch;
  const page = ofOtherEpoch ? undefined : await ownDifference(sql, user.id, pts, limit);
  if (page !== undefined && page.position > pts) {
    // What the host application reads is on no device of the user's.
    if (caller.user !== undefined) acknowledged.note(user.id, pts);
    const final = page.position >= page.newest;
    const { position } = page;
    const events = page.rows.map((row) => ownEnvelope(row));
    return new Done(pageData(CMD.syncMsg, { events, pts: position, final, reset: false, epoch }));
  }
  const newest = page?.newest ?? (await newestOwnPts(sql, user.id));
  const reset = ofOtherEpoch || pts > newest;
  // What came meanwhile is in the next page.
  const final = reset || pts >= newest;
  const data = { events: [], pts: reset ? newest : pts, final, reset, epoch };
  return new Done(pageData(CMD.syncMsg, data));
}
