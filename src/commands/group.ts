/** GROUP_CREATE to GROUP_MUTE (41 to 46) over a connection; the writer applies them. */
import {
  answered,
  type Command,
  type CommandAnswer,
  type CommandContext,
  refusedWith,
} from "../gateway/command.ts";
import { waitingRequest } from "../inbox/group-requests.ts";
import { type AskedChange, changeRecord } from "../path/change-record.ts";
import { creationProblem } from "../path/custom-policy.ts";
import type { Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import { userIdsOf } from "../store/users.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { groupProblem, rolesOf } from "../wire/group-rules.ts";
import { isMade } from "../wire/policy.ts";
import { namesOf, numberOf, textOf } from "./parameters.ts";
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
    const refusal = problemOf(context, data);
    if (refusal !== undefined) return refusal;
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

/** Join, or ask to be let in; with `userIds` invite others; with `requestId` decide. */
export function groupJoinCommand(parts: Parts): Command {
  return aboutGroup(async (context, conversationId, data) => {
    const requestId = textOf(data, "requestId");
    const asked = {
      conversationId,
      content: contentBytes({ data }, CMD.groupJoin, DIRECTION.push),
    };
    if (requestId !== "") {
      return await changeOnly(parts, context, { ...asked, value: Number(requestId) });
    }
    const users = await othersNamed(parts, context, data);
    if ("code" in users) return users;
    const answer = await changeOnly(parts, context, { ...asked, target: users.ids });
    if (answer.code !== CODE.ok || users.ids.length > 0) return answer;
    const { userId } = context.sender;
    const waiting = await waitingRequest(parts.sql, conversationId, userId);
    return waiting === undefined ? answer : answered(CODE.ok, { requestId: waiting });
  });
}

/** Leave, or with `userIds` kick others; and the end of a group. */
export function groupLeaveCommand(parts: Parts): Command {
  return aboutGroup(async (context, conversationId, data) => {
    const users = await othersNamed(parts, context, data);
    if ("code" in users) return users;
    return await changeOnly(parts, context, { conversationId, target: users.ids });
  });
}

export function groupUpdateCommand(parts: Parts): Command {
  return aboutGroup(async (context, conversationId, data) => {
    const owner = textOf(data, "owner");
    const names = rolesOf(data).map(({ userId }) => userId);
    const users = await userIdsOf(parts.sql, owner === "" ? names : [...names, owner]);
    if ("unknown" in users) return unknownUser(users.unknown);
    return await changeOnly(parts, context, {
      conversationId,
      target: users.ids.slice(0, names.length),
      peerId: users.ids[names.length] ?? 0,
      content: contentBytes({ data }, CMD.groupUpdate, DIRECTION.push),
    });
  });
}

/** Until `until` the users named, or everybody but the administrators, say nothing. */
export function groupMuteCommand(parts: Parts): Command {
  return aboutGroup(async (context, conversationId, data) => {
    const users = await userIdsOf(parts.sql, namesOf(data, "userIds"));
    if ("unknown" in users) return unknownUser(users.unknown);
    const asked = { conversationId, target: unique(users.ids), value: numberOf(data, "until") };
    return await changeOnly(parts, context, asked);
  });
}

/** A command with `route.conversationId` and data that can be what it asks for. */
function aboutGroup(
  run: (context: CommandContext, conversationId: number, data: Data) => Promise<CommandAnswer>,
): Command {
  return async (context) => {
    const conversationId = context.envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = context.envelope.content?.data ?? {};
    return problemOf(context, data) ?? (await run(context, conversationId, data));
  };
}

function problemOf({ cmd }: CommandContext, data: Data): CommandAnswer | undefined {
  const problem = groupProblem(cmd, data);
  if (problem === undefined) return undefined;
  return refusedWith(problem.code, `content.data.${problem.field}: ${problem.what}`);
}

/** The users of `userIds`. Who names only himself joins or leaves: that is nobody else. */
async function othersNamed(
  { sql }: Parts,
  { sender }: CommandContext,
  data: Data,
): Promise<{ ids: number[] } | CommandAnswer> {
  const users = await userIdsOf(sql, namesOf(data, "userIds"));
  if ("unknown" in users) return unknownUser(users.unknown);
  return { ids: users.ids.every((id) => id === sender.userId) ? [] : unique(users.ids) };
}

function unique(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}

async function changeOnly(
  parts: Parts,
  context: CommandContext,
  asked: Omit<AskedChange, "cmd">,
): Promise<CommandAnswer> {
  const { code, message } = await change(parts, context, asked);
  return { code, message, data: undefined };
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
