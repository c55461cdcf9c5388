/**
 * Relations over a connection: FRIEND_ADD, DELETE, UPDATE, BLOCK (61 to 64), USER_BLOCK (52) and
 * SYNC_FRIEND (74). The writer applies what changes.
 */
import {
  answered,
  type Command,
  type CommandAnswer,
  type CommandContext,
  refusedWith,
} from "../gateway/command.ts";
import { friendPage, friendRequestPage } from "../inbox/friend-list.ts";
import { FRIEND_ASK } from "../path/friend-ask.ts";
import type { Sql } from "../postgres/client.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { type AskParts, ask, peerOf } from "./asking.ts";
import { flagOf, numberOf, textOf } from "./parameters.ts";

/** A request, or with `requestId` the answer to one. */
export function friendAddCommand(parts: AskParts): Command {
  return async (context) => {
    const data = dataOf(context);
    const answer =
      data["requestId"] === undefined || data["requestId"] === ""
        ? await request(parts, context, data)
        : await decide(parts, context, data);
    if (answer.code !== CODE.ok) return answer;
    return answered(CODE.ok, { requestId: String(answer.conversationId) });
  };
}

async function request(parts: AskParts, context: CommandContext, data: Data) {
  const peer = await peerOf(parts, context, data);
  if ("code" in peer) return { ...peer, conversationId: 0 };
  const said = { userId: textOf(data, "userId"), message: textOf(data, "message") };
  return await ask(parts, context, { peerId: peer.id, value: FRIEND_ASK.request, data: said });
}

async function decide(parts: AskParts, context: CommandContext, data: Data) {
  const accept = data["accept"];
  if (typeof accept !== "boolean") {
    return {
      ...refusedWith(CODE.incomplete, "content.data.accept is required"),
      conversationId: 0,
    };
  }
  const value = accept ? FRIEND_ASK.accept : FRIEND_ASK.refuse;
  const said = { requestId: textOf(data, "requestId"), accept };
  return await ask(parts, context, { value, data: said });
}

/** FRIEND_DELETE and FRIEND_UPDATE: what they say of one other user. */
export function friendCommand(parts: AskParts): Command {
  return async (context) => {
    const data = dataOf(context);
    const peer = await peerOf(parts, context, data);
    if ("code" in peer) return peer;
    return withoutData(await ask(parts, context, { peerId: peer.id, data }));
  };
}

/** FRIEND_BLOCK and USER_BLOCK alike: `blocked` absent is true. */
export function blockCommand(parts: AskParts): Command {
  return async (context) => {
    const data = dataOf(context);
    const peer = await peerOf(parts, context, data);
    if ("code" in peer) return peer;
    const value = data["blocked"] === false ? 0 : 1;
    return withoutData(await ask(parts, context, { peerId: peer.id, value, data: {} }));
  };
}

const LIST_DEFAULT = 100;

/** The list by version, or with `requests` the open friend requests. */
export function friendListCommand(sql: Sql): Command {
  return async ({ sender, envelope }) => {
    const data = envelope.content?.data ?? {};
    const limit = numberOf(data, "limit") || LIST_DEFAULT;
    if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
    const { userId } = sender;
    const page = flagOf(data, "requests")
      ? await friendRequestPage(sql, userId, textOf(data, "cursor"), limit)
      : await friendPage(sql, userId, numberOf(data, "version"), limit);
    return answered(CODE.ok, { ...page });
  };
}

function dataOf({ envelope }: CommandContext): Data {
  return envelope.content?.data ?? {};
}

function withoutData({ code, message }: CommandAnswer): CommandAnswer {
  return { code, message, data: undefined };
}
