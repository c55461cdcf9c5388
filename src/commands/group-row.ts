/** What the appliers of groups share: the group as it stands, who acts, who is told. */
import { idArray } from "../postgres/client.ts";
import { type ChangeContext, type ChangeResult, type Effect, refused } from "../path/change.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes, contentOf } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { isLeased } from "../wire/policy.ts";

export interface GroupRow {
  id: number;
  type: number;
  wide: boolean;
  dissolved: boolean;
  join_mode: string;
  owner_id: number | null;
  /** Of who acts; null is no member. */
  role: number | null;
  members: number;
}

/** Above every role of a member. */
const SERVER_RANK = GROUP_ROLE.owner + 1;

/** The group that a change is about, or why the change can't be. */
export async function findGroup(
  context: ChangeContext,
  rules: { dissolved?: "allowed"; leastRole?: number } = {},
): Promise<GroupRow | ChangeResult> {
  const { sql, record } = context;
  const [group] = await sql<GroupRow[]>`
    SELECT c.id, c.type, c.wide, c.dissolved, c.owner_id, c.join_mode, m.role,
      CASE WHEN c.wide THEN c.member_count
        ELSE (SELECT count(*)::int FROM members WHERE conversation_id = c.id) END AS members
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${record.senderId}
    WHERE c.id = ${record.conversationId} AND c.pair_low IS NULL`;
  if (group === undefined) return refused(CODE.noSuchConversation);
  // Where membership is a lease of the connection, the owner has no row of a member.
  if (isLeased(group.type) && group.owner_id === record.senderId) group.role = GROUP_ROLE.owner;
  if (group.dissolved && rules.dissolved === undefined) return refused(CODE.groupDissolved);
  if (rules.leastRole === undefined || isServer(context)) return group;
  if (group.role === null) return refused(CODE.notGroupMember);
  if (group.role < rules.leastRole) return refused(CODE.roleTooLow);
  return group;
}

/** The host application's server has every right. */
export function isServer({ record }: ChangeContext): boolean {
  return (record.flags & RECORD_FLAG.serverApi) !== 0;
}

/** Whoever acts may act on those whose role is below this. */
export function rankOf(context: ChangeContext, group: GroupRow): number {
  return isServer(context) ? SERVER_RANK : (group.role ?? 0);
}

/** The members among users, with their roles, by inner id. */
export async function membersAmong(
  { sql }: ChangeContext,
  conversationId: number,
  userIds: readonly number[],
): Promise<{ user_id: number; role: number }[]> {
  return await sql<{ user_id: number; role: number }[]>`
    SELECT user_id, role FROM members WHERE conversation_id = ${conversationId}
      AND user_id = ANY(${idArray(userIds)}::text::int8[]) ORDER BY user_id`;
}

export async function memberIds({ sql }: ChangeContext, conversationId: number): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT user_id FROM members WHERE conversation_id = ${conversationId} ORDER BY user_id`;
  return rows.map((row) => row.user_id);
}

/** The names of users in the order of their inner ids. */
export async function namesOf(
  { sql }: ChangeContext,
  userIds: readonly number[],
): Promise<string[]> {
  const rows = await sql<{ external_id: string }[]>`
    SELECT external_id FROM users WHERE id = ANY(${idArray(userIds)}::text::int8[]) ORDER BY id`;
  return rows.map((row) => row.external_id);
}

/** Takes as many versions as rows change; those rows get the versions after the answer. */
export async function takeVersions(
  { sql }: ChangeContext,
  conversationId: number,
  count: number,
): Promise<number> {
  const [row] = await sql<{ members_version: number }[]>`
    UPDATE conversations SET members_version = members_version + ${count}
    WHERE id = ${conversationId} RETURNING members_version`;
  return (row?.members_version ?? count) - count;
}

/** The command's data, as the gateway checked it. */
export function dataOf({ record }: ChangeContext): Data {
  const { content } = record;
  return contentOf({ bytes: content, start: 0, end: content.length }, record.cmd).data ?? {};
}

export function eventOf(group: { id: number; type: number }, cmd: number, data: Data) {
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  return { cmd, conversationId: group.id, conversationType: group.type, content };
}

/** An event that every member has in his log; in a wide group it stands in the group's. */
export async function toldAll(
  context: ChangeContext,
  group: GroupRow,
  cmd: number,
  data: Data,
  others: readonly number[] = [],
): Promise<Effect> {
  const event = eventOf(group, cmd, data);
  if (group.wide) return { kind: "log", event };
  const userIds = [...(await memberIds(context, group.id)), ...others].sort((a, b) => a - b);
  return { kind: "inbox", event, userIds };
}

/** Commands whose change is a message too, where the operator wants that. */
const NOTICED: readonly number[] = [CMD.groupJoin, CMD.groupLeave, CMD.groupUpdate];

/** The notice of a change as a message of the system, in narrow groups and where it is wanted. */
export function noticeOf(
  context: ChangeContext,
  group: GroupRow,
  cmd: number,
  data: Data,
): Effect[] {
  if (!context.groups.notices || group.wide || !NOTICED.includes(cmd)) return [];
  const extension = JSON.stringify({ cmd, by: context.record.from, ...data });
  const content = contentBytes({ extension }, CMD.sysNotify, DIRECTION.push);
  return [{ kind: "notice", conversationId: group.id, content }];
}

export function changed(conversationId: number, effects: Effect[]): ChangeResult {
  const conversations = [conversationId];
  return { code: CODE.ok, message: "", conversationId, effects, conversations, pairs: [] };
}
