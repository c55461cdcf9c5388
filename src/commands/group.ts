/** GROUP_CREATE, JOIN, LEAVE, DISMISS (41 to 44) over a connection; the writer applies them. */
import {
  answered,
  type Command,
  type CommandAnswer,
  type CommandContext,
  refusedWith,
} from "../gateway/command.ts";
import { type AskedChange, changeRecord } from "../path/change-record.ts";
import { creationProblem } from "../path/custom-policy.ts";
import type { Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import { userIdsOf } from "../store/users.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { isMade } from "../wire/policy.ts";
import { namesOf, numberOf } from "./parameters.ts";
import { conversationRequired } from "./reading.ts";

interface Parts {
  sql: Sql;
  ingest: Ingest;
  requests: Requests;
}

export function groupCreateCommand(parts: Parts): Command {
  return async (context) => {
    const data = context.envelope.content?.data ?? {};
    const type = numberOf(data, "conversationType") || CONVERSATION.group;
    if (!isMade(type)) {
      return refusedWith(CODE.malformed, "content.data.conversationType is 2, 3, 4, 5 or 7");
    }
    const names = namesOf(data, "memberIds");
    const problem = creationProblem(type, names, data["policy"], true);
    if (problem !== undefined) return refusedWith(problem.code, problem.message);
    const users = await userIdsOf(parts.sql, names);
    if ("unknown" in users) return unknownUser(users.unknown);
    const answer = await change(parts, context, {
      target: users.ids,
      value: type,
      content: contentBytes({ data }, CMD.groupCreate, DIRECTION.push),
    });
    if (answer.code !== CODE.ok) return answer;
    return answered(CODE.ok, { conversationId: answer.conversationId });
  };
}

/** Join or leave oneself; with `userIds` invite or kick others. */
export function groupMembersCommand(parts: Parts): Command {
  return async (context) => {
    const conversationId = context.envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const users = await userIdsOf(
      parts.sql,
      namesOf(context.envelope.content?.data ?? {}, "userIds"),
    );
    if ("unknown" in users) return unknownUser(users.unknown);
    const { code, message } = await change(parts, context, { conversationId, target: users.ids });
    return { code, message, data: undefined };
  };
}

async function change(
  { ingest, requests }: Parts,
  { sender, envelope, cmd, localId }: CommandContext,
  asked: Omit<AskedChange, "cmd">,
): Promise<CommandAnswer & { conversationId: number }> {
  const deviceId = envelope.header?.deviceId || sender.device;
  const record = changeRecord(ingest, sender, deviceId, localId, { cmd, ...asked });
  const { code, message, conversationId } = await requests.change(record);
  return { code, message, data: undefined, conversationId };
}

function unknownUser(name: string): CommandAnswer {
  return refusedWith(CODE.notFound, `there is no user ${name}`);
}
