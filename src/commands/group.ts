/** GROUP_CREATE, JOIN, LEAVE, DISMISS (41 to 44) over a connection; the writer applies them. */
import {
  answered,
  type Command,
  type CommandAnswer,
  type CommandContext,
  refusedWith,
} from "../gateway/command.ts";
import { emptyRecord, type Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import type { RecordFields } from "../transfer/record.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { userIdsOf } from "./names.ts";
import { namesOf, numberOf } from "./parameters.ts";
import { conversationRequired } from "./reading.ts";

interface Parts {
  sql: Sql;
  ingest: Ingest;
  requests: Requests;
}

const TYPES: ReadonlySet<number> = new Set([
  CONVERSATION.group,
  CONVERSATION.channel,
  CONVERSATION.millionGroup,
]);

export function groupCreateCommand(parts: Parts): Command {
  return async (context) => {
    const data = context.envelope.content?.data ?? {};
    const type = numberOf(data, "conversationType") || CONVERSATION.group;
    if (!TYPES.has(type)) {
      return refusedWith(CODE.malformed, "content.data.conversationType is 2, 4 or 5");
    }
    const users = await userIdsOf(parts.sql, namesOf(data, "memberIds"));
    if ("unknown" in users) return unknownUser(users.unknown);
    const bytes = contentBytes({ data }, CMD.groupCreate, DIRECTION.push);
    const answer = await change(parts, context, {
      target: users.ids,
      value: type,
      content: { bytes, start: 0, end: bytes.length },
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
  fields: Partial<RecordFields>,
): Promise<CommandAnswer & { conversationId: number }> {
  const deviceId = envelope.header?.deviceId || sender.device;
  const answer = await requests.change({
    ...emptyRecord(),
    cmd,
    senderId: sender.userId,
    from: sender.externalId,
    deviceId,
    localId,
    key: ingest.keyOf(sender, deviceId, localId),
    ...fields,
  });
  const { code, message, conversationId } = answer;
  return { code, message, data: undefined, conversationId };
}

function unknownUser(name: string): CommandAnswer {
  return refusedWith(CODE.notFound, `there is no user ${name}`);
}
