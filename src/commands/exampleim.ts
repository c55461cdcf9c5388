/** What ExampleIM's clients ask for in another way than others: `markChat`, `user.online`. */
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import type { Sessions } from "../gateway/sessions.ts";
import { findReader } from "../inbox/history.ts";
import { newestSeqOf } from "../inbox/newest-seq.ts";
import { pairOf } from "../store/pairs.ts";
import { userIdsOf } from "../store/users.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { memberCode, textOf } from "./parameters.ts";

/** Of 500 users each; their frame has no place for a cursor. */
const PAGES_MAX = 20;

/**
 * MSG_READ by message ids and, for a conversation of two, by the other's id. Only the codec of
 * ExampleIM's frames makes such requests; all others go to `read` as they are.
 */
export function markChatCommand(sql: Sql, read: Command): Command {
  return async (context) => {
    const { envelope, sender } = context;
    const ids = envelope.content?.data?.["messageIds"];
    if (!Array.isArray(ids)) return await read(context);
    const { conversationId: given, to = "" } = envelope.route ?? {};
    if (given === undefined) {
      const users = await userIdsOf(sql, [to]);
      if ("unknown" in users) {
        return refusedWith(CODE.notFound, `data.recvId: there is no user ${to}`);
      }
    }
    const conversationId = given ?? (await pairOf(sql, sender.userId, to));
    if (conversationId === undefined) {
      return refusedWith(CODE.noSuchConversation, `data.recvId: nothing was said with ${to}`);
    }
    const found = await findReader(sql, conversationId, sender.userId);
    const code = memberCode(found);
    if (code !== CODE.ok) return answered(code);
    const seq = await newestSeqOf(sql, conversationId, ids as string[]);
    if (seq < 0) return refusedWith(CODE.notFound, "data.msgIds: none is of this conversation");
    const content = { data: { seq } };
    return await read({
      ...context,
      envelope: { ...envelope, route: { conversationId }, content },
    });
  };
}

/** All pages of who is online in one answer, with the name of who asked. */
export function allOnlineCommand(sessions: Sessions, online: Command): Command {
  return async (context) => {
    const { slot, sender, envelope } = context;
    if (sessions.framing(slot) !== "exampleim") return await online(context);
    const users: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < PAGES_MAX; page++) {
      const content = { data: { cursor } };
      const answer = await online({ ...context, envelope: { ...envelope, content } });
      if (answer.code !== CODE.ok) return answer;
      const found = answer.data?.["users"];
      if (Array.isArray(found)) users.push(...(found as unknown[]));
      cursor = textOf(answer.data ?? {}, "cursor");
      if (cursor === "") break;
    }
    return answered(CODE.ok, { users, userId: sender.externalId });
  };
}
