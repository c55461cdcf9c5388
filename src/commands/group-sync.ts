/** SYNC_GROUP (73): a group and its members by version, or those who ask to be let in. */
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import { membersPage } from "../inbox/group-members.ts";
import { requestsPage, roleIn } from "../inbox/group-requests.ts";
import { findReader } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import { isJoined } from "../wire/policy.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { LIMIT } from "../wire/limits.ts";
import { flagOf, memberCode, numberOf, textOf } from "./parameters.ts";
import { conversationRequired } from "./reading.ts";

const PAGE_DEFAULT = 100;

export function groupSyncCommand(sql: Sql): Command {
  return async ({ sender, envelope }) => {
    const conversationId = envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = envelope.content?.data ?? {};
    const limit = numberOf(data, "limit") || PAGE_DEFAULT;
    if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
    const found = await findReader(sql, conversationId, sender.userId);
    if (found?.reader === undefined) return answered(memberCode(found));
    if (!isJoined(found.conversationType)) return noGroup();
    const cursor = textOf(data, "cursor");
    if (flagOf(data, "requests")) {
      const role = (await roleIn(sql, conversationId, sender.userId)) ?? 0;
      if (role < GROUP_ROLE.administrator) return answered(CODE.roleTooLow);
      return answered(CODE.ok, { ...(await requestsPage(sql, conversationId, cursor, limit)) });
    }
    const asked = { version: numberOf(data, "version"), cursor, limit };
    const page = await membersPage(sql, conversationId, asked);
    return page === undefined ? noGroup() : answered(CODE.ok, { ...page });
  };
}

function noGroup(): CommandAnswer {
  return refusedWith(CODE.noSuchConversation, "the conversation is no group");
}
