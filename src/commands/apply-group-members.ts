/** The writer's side of membership: joined, brought in, left, kicked. */
import { idArray } from "../postgres/client.ts";
import { type Applier, type ChangeContext, type ChangeResult, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { LIMIT } from "../wire/limits.ts";
import { isLeased, outsiderCode } from "../wire/policy.ts";
import { inTooManyWide, membersMax, tooManyWide } from "./apply-group.ts";
import { answerRequest, askToJoin } from "./apply-group-requests.ts";
import {
  changed,
  eventOf,
  findGroup,
  type GroupRow,
  isServer,
  memberIds,
  membersAmong,
  namesOf,
  noticeOf,
  rankOf,
  toldAll,
} from "./group-row.ts";

/** Joining oneself, bringing in `record.target`, or deciding on the request `record.value`. */
export const applyGroupJoin: Applier = async (context) => {
  const { record } = context;
  if (record.value > 0) return await answerRequest(context, addMembers);
  const group = await findGroup(context);
  if ("code" in group) return group;
  if (isLeased(group.type)) return refused(CODE.unsupported, "joined from a connection");
  const inviting = record.target.length > 0;
  const refusal = inviting ? await invitationRefused(context, group) : joinRefused(context, group);
  if (refusal !== undefined) return refusal;
  if (!inviting && group.join_mode === "approval" && group.role === null && !isServer(context)) {
    return await askToJoin(context, group);
  }
  const wanted = inviting ? record.target : [record.senderId];
  const members = new Set(
    (await membersAmong(context, group.id, wanted)).map((row) => row.user_id),
  );
  const fresh = [...new Set(wanted)].filter((id) => !members.has(id)).sort((a, b) => a - b);
  return await addMembers(context, group, fresh, {});
};

function joinRefused(context: ChangeContext, group: GroupRow): ChangeResult | undefined {
  const closed = group.join_mode === "invite" && group.role === null && !isServer(context);
  return closed ? refused(CODE.forbidden, "only members bring others in") : undefined;
}

async function invitationRefused(
  context: ChangeContext,
  group: GroupRow,
): Promise<ChangeResult | undefined> {
  if (isServer(context)) return undefined;
  if (group.role === null) return refused(CODE.notGroupMember);
  if (group.join_mode === "approval" && group.role < GROUP_ROLE.administrator) {
    return refused(CODE.roleTooLow, "administrators decide who comes in");
  }
  const { sql, record } = context;
  const [blocking] = await sql<{ external_id: string }[]>`
    SELECT u.external_id FROM relations r JOIN users u ON u.id = r.user_id
    WHERE r.user_id = ANY(${idArray(record.target)}::text::int8[])
      AND r.peer_id = ${record.senderId} AND r.blocked LIMIT 1`;
  if (blocking === undefined) return undefined;
  return refused(CODE.blocked, `${blocking.external_id} has blocked who invites`);
}

/** `userIds` are in ascending order and no members yet; `told` stands in the event beside them. */
export async function addMembers(
  context: ChangeContext,
  group: GroupRow,
  userIds: readonly number[],
  told: Data,
): Promise<ChangeResult> {
  const { sql, fanOutMembers } = context;
  const conversationId = group.id;
  if (userIds.length === 0) return changed(conversationId, []);
  const members = group.members + userIds.length;
  if (members > membersMax(context, group.type)) {
    return refused(
      CODE.groupFull,
      `a group has at most ${membersMax(context, group.type)} members`,
    );
  }
  const turnsWide = !group.wide && members > fanOutMembers;
  const before = group.wide ? [] : await memberIds(context, conversationId);
  if ((group.wide || turnsWide) && (await tooManyWide(sql, [...before, ...userIds]))) {
    return refused(...inTooManyWide());
  }
  const [row] = await sql<{ version: number }[]>`
    UPDATE conversations SET wide = ${group.wide || turnsWide}, member_count = ${members},
      members_version = members_version + ${userIds.length}
    WHERE id = ${conversationId} RETURNING members_version - ${userIds.length} AS version`;
  await insertMembers(context, conversationId, userIds, row?.version ?? 0);
  const data = { userIds: await namesOf(context, userIds), ...told };
  const event = eventOf(group, CMD.groupJoin, data);
  if (!group.wide && !turnsWide) {
    const all = [...before, ...userIds].sort((a, b) => a - b);
    const notice = noticeOf(context, group, CMD.groupJoin, data);
    return changed(conversationId, [{ kind: "inbox", event, userIds: all }, ...notice]);
  }
  const following = turnsWide ? [...before, ...userIds] : userIds;
  const follow = { kind: "follow", conversationId, conversationType: group.type } as const;
  return changed(conversationId, [
    { ...follow, userIds: following },
    { kind: "log", event },
  ]);
}

async function insertMembers(
  { sql }: ChangeContext,
  conversationId: number,
  userIds: readonly number[],
  version: number,
): Promise<void> {
  const ids = idArray(userIds);
  await sql`
    INSERT INTO members (conversation_id, user_id, joined_seq, joined_pts, version)
    SELECT ${conversationId}, user_id,
      coalesce((SELECT max(seq) + 1 FROM messages WHERE conversation_id = ${conversationId}), 0),
      greatest(0, (SELECT max(conversation_pts) FROM messages
          WHERE conversation_id = ${conversationId} AND conversation_pts IS NOT NULL),
        (SELECT max(conversation_pts) FROM events
          WHERE conversation_id = ${conversationId} AND conversation_pts IS NOT NULL)),
      ${version}::int8 + place
    FROM unnest(${ids}::text::int8[]) WITH ORDINALITY AS w(user_id, place)`;
  await sql`
    WITH returned AS (DELETE FROM member_removals WHERE conversation_id = ${conversationId}
        AND user_id = ANY(${ids}::text::int8[]))
    DELETE FROM group_requests WHERE conversation_id = ${conversationId}
      AND user_id = ANY(${ids}::text::int8[])`;
}

/** Leaving oneself, or kicking `record.target`: members whose role is below one's own. */
export const applyGroupLeave: Applier = async (context) => {
  const { record } = context;
  const kicking = record.target.length > 0;
  const leastRole = kicking ? GROUP_ROLE.administrator : GROUP_ROLE.member;
  const leaving = kicking && !isServer(context) ? {} : { dissolved: "allowed" as const };
  const group = await findGroup(context, { leastRole, ...leaving });
  if ("code" in group) return group;
  if (isLeased(group.type)) return await throwOut(context, group);
  const wanted = kicking ? record.target : [record.senderId];
  const gone = await membersAmong(context, group.id, wanted);
  if (gone.length === 0) return refused(CODE.notGroupMember);
  if (kicking && gone.some(({ role }) => role >= rankOf(context, group))) {
    return refused(CODE.roleTooLow, "one of them is of the same role or a higher one");
  }
  if (!group.dissolved && gone.some(({ role }) => role === GROUP_ROLE.owner)) {
    return refused(CODE.forbidden, "the owner leaves when the group is transferred or dissolved");
  }
  const userIds = gone.map((row) => row.user_id);
  const data = { userIds: await namesOf(context, userIds) };
  await removeMembers(context, group, userIds);
  if (!group.wide) {
    const told = await toldAll(context, group, CMD.groupLeave, data, userIds);
    return changed(group.id, [told, ...noticeOf(context, group, CMD.groupLeave, data)]);
  }
  const event = eventOf(group, CMD.groupLeave, data);
  return changed(group.id, [
    { kind: "inbox", event, userIds },
    { kind: "unfollow", conversationId: group.id, userIds },
    { kind: "log", event },
  ]);
};

/** Out of where membership is a lease: no row is removed, each is told before he is gone. */
async function throwOut(context: ChangeContext, group: GroupRow): Promise<ChangeResult> {
  const userIds = [...new Set(context.record.target)].sort((a, b) => a - b);
  if (userIds.length === 0) return refused(outsiderCode(group.type), "left from a connection");
  const event = eventOf(group, CMD.groupLeave, { userIds: await namesOf(context, userIds) });
  return changed(group.id, [
    { kind: "log", event },
    { kind: "unfollow", conversationId: group.id, userIds },
  ]);
}

async function removeMembers(
  { sql }: ChangeContext,
  group: GroupRow,
  userIds: readonly number[],
): Promise<void> {
  const count = userIds.length;
  const [row] = await sql<{ version: number }[]>`
    UPDATE conversations SET member_count = ${Math.max(0, group.members - count)},
      members_version = members_version + ${count}
    WHERE id = ${group.id} RETURNING members_version - ${count} AS version`;
  const version = row?.version ?? 0;
  const ids = idArray(userIds);
  await sql`
    DELETE FROM members WHERE conversation_id = ${group.id}
      AND user_id = ANY(${ids}::text::int8[])`;
  await sql`
    INSERT INTO member_removals (conversation_id, user_id, version)
    SELECT ${group.id}, user_id, ${version}::int8 + place
    FROM unnest(${ids}::text::int8[]) WITH ORDINALITY AS w(user_id, place)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET version = excluded.version`;
  await sql`
    DELETE FROM member_removals WHERE conversation_id = ${group.id}
      AND version <= ${version + count - LIMIT.memberVersions}`;
}
