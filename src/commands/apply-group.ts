/** The writer's side of groups: made, joined, left, dissolved. Within the change's transaction. */
import { idArray } from "../postgres/client.ts";
import {
  type Applier,
  type ChangeContext,
  type ChangeResult,
  type Effect,
  refused,
} from "../path/change.ts";
import { readCustomPolicy } from "../path/custom-policy.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes, contentOf } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { FAN_OUT, isLeased, POLICY } from "../wire/policy.ts";

const OWNER = 2;
const ADMINISTRATOR = 1;

interface GroupRow {
  id: number;
  type: number;
  wide: boolean;
  dissolved: boolean;
  join_mode: string;
  role: number | null;
  owner_id: number | null;
  /** Of a wide group not counted. */
  members: number;
}

/** `record.target` holds the members' inner ids beside the owner, `record.value` the type. */
export const applyGroupCreate: Applier = async ({ sql, record, fanOutMembers }) => {
  const data = (contentOf(slice(record.content), record.cmd).data ?? {}) as GroupCreateData;
  const type = record.value;
  const policy = readCustomPolicy(data.policy);
  if ("code" in policy) return refused(policy.code, policy.message);
  const leased = isLeased(type);
  const userIds = leased ? [] : [...new Set([record.senderId, ...record.target])];
  const alwaysWide = POLICY[type]?.fanOut === FAN_OUT.wide || policy.wide;
  const wide = alwaysWide || userIds.length > fanOutMembers;
  if (wide && (await tooManyWide(sql, userIds))) {
    return refused(CODE.groupFull, `a user is in ${LIMIT.wideConversationsPerUser} wide groups`);
  }
  const [group] = await sql<{ id: number }[]>`
    INSERT INTO conversations
      (type, name, owner_id, join_mode, wide, send_role, persist, webhook)
    VALUES (${type}, ${data.name ?? ""}, ${record.senderId}, ${data.joinMode || "free"}, ${wide},
      ${policy.sendRole}, ${policy.persist},
      ${policy.webhook === undefined ? null : JSON.stringify(policy.webhook)})
    RETURNING id`;
  const conversationId = (group as { id: number }).id;
  await sql`
    INSERT INTO members (conversation_id, user_id, role)
    SELECT ${conversationId}, user_id,
      CASE WHEN user_id = ${record.senderId} THEN ${OWNER} ELSE 0 END
    FROM unnest(${idArray(userIds)}::text::int8[]) AS user_id`;
  const event = {
    cmd: CMD.groupCreate,
    conversationId,
    conversationType: type,
    content: toldContent(record, data),
  };
  const effects: Effect[] = wide
    ? [
        { kind: "follow", conversationId, conversationType: type, userIds },
        { kind: "log", event },
      ]
    : [{ kind: "inbox", event, userIds }];
  return changed(conversationId, effects);
};

interface GroupCreateData {
  name?: string;
  joinMode?: string;
  policy?: { webhook?: object };
}

/** The members are not told whom the server asks. */
function toldContent(record: ChangeContext["record"], data: GroupCreateData): Uint8Array {
  if (data.policy?.webhook === undefined) return record.content;
  const { webhook: _, ...policy } = data.policy;
  return contentBytes({ data: { ...data, policy } }, CMD.groupCreate, DIRECTION.push);
}

/** Joining oneself, or inviting `record.target`. */
export const applyGroupJoin: Applier = async (context) => {
  const { sql, record } = context;
  const group = await lockGroup(context);
  if (group === undefined) return refused(CODE.noSuchConversation);
  if (group.dissolved) return refused(CODE.groupDissolved);
  if (isLeased(group.type)) return refused(CODE.unsupported, "joined from a connection");
  const inviting = record.target.length > 0;
  const server = (record.flags & RECORD_FLAG.serverApi) !== 0;
  if (!server && inviting && group.role === null) return refused(CODE.notGroupMember);
  if (!server && !inviting && group.join_mode !== "free") return refused(CODE.forbidden);
  const wanted = inviting ? record.target : [record.senderId];
  const rows = await sql<{ user_id: number }[]>`
    SELECT DISTINCT w.user_id FROM unnest(${idArray(wanted)}::text::int8[]) AS w(user_id)
    WHERE NOT EXISTS (SELECT FROM members m
      WHERE m.conversation_id = ${group.id} AND m.user_id = w.user_id)
    ORDER BY w.user_id`;
  return await addMembers(
    context,
    group,
    rows.map((row) => row.user_id),
  );
};

async function addMembers(
  context: ChangeContext,
  group: GroupRow,
  userIds: readonly number[],
): Promise<ChangeResult> {
  const { sql, fanOutMembers } = context;
  const conversationId = group.id;
  if (userIds.length === 0) return changed(conversationId, []);
  const turnsWide = !group.wide && group.members + userIds.length > fanOutMembers;
  const before = group.wide ? [] : await memberIds(context, conversationId);
  if ((group.wide || turnsWide) && (await tooManyWide(sql, [...before, ...userIds]))) {
    return refused(CODE.groupFull, `a user is in ${LIMIT.wideConversationsPerUser} wide groups`);
  }
  await sql`
    INSERT INTO members (conversation_id, user_id, joined_seq, joined_pts)
    SELECT ${conversationId}, user_id,
      coalesce((SELECT max(seq) + 1 FROM messages WHERE conversation_id = ${conversationId}), 0),
      greatest(0, (SELECT max(conversation_pts) FROM messages
          WHERE conversation_id = ${conversationId} AND conversation_pts IS NOT NULL),
        (SELECT max(conversation_pts) FROM events
          WHERE conversation_id = ${conversationId} AND conversation_pts IS NOT NULL))
    FROM unnest(${idArray(userIds)}::text::int8[]) AS user_id`;
  if (turnsWide) await sql`UPDATE conversations SET wide = true WHERE id = ${conversationId}`;
  const names = await namesOf(context, userIds);
  const event = {
    cmd: CMD.groupJoin,
    conversationId,
    conversationType: group.type,
    content: contentBytes({ data: { userIds: names } }, CMD.groupJoin, DIRECTION.push),
  };
  if (!group.wide && !turnsWide) {
    const all = [...before, ...userIds].sort((a, b) => a - b);
    return changed(conversationId, [{ kind: "inbox", event, userIds: all }]);
  }
  const following = turnsWide ? [...before, ...userIds] : userIds;
  const follow = { kind: "follow", conversationId, conversationType: group.type } as const;
  return changed(conversationId, [
    { ...follow, userIds: following },
    { kind: "log", event },
  ]);
}

/** Leaving oneself, or kicking `record.target`. */
export const applyGroupLeave: Applier = async (context) => {
  const { sql, record } = context;
  const group = await lockGroup(context);
  if (group === undefined) return refused(CODE.noSuchConversation);
  const kicking = record.target.length > 0;
  const server = (record.flags & RECORD_FLAG.serverApi) !== 0;
  if (!server && group.role === null) return refused(CODE.notGroupMember);
  if (!server && kicking && (group.role ?? 0) < ADMINISTRATOR) return refused(CODE.roleTooLow);
  const wanted = kicking ? record.target : [record.senderId];
  const rank = server ? OWNER + 1 : kicking ? (group.role ?? 0) : OWNER + 1;
  const attend = kicking && isLeased(group.type);
  const gone = attend
    ? wanted.map((id) => ({ user_id: id }))
    : await sql<{ user_id: number }[]>`
    DELETE FROM members WHERE conversation_id = ${group.id}
      AND user_id = ANY(${idArray(wanted)}::text::int8[]) AND role < ${rank}
    RETURNING user_id`;
  if (gone.length === 0) {
    return refused(CODE.notGroupMember);
  }
  const userIds = gone.map((row) => row.user_id).sort((a, b) => a - b);
  const names = await namesOf(context, userIds);
  const event = {
    cmd: CMD.groupLeave,
    conversationId: group.id,
    conversationType: group.type,
    content: contentBytes({ data: { userIds: names } }, CMD.groupLeave, DIRECTION.push),
  };
  const effects: Effect[] = attend ? [] : [{ kind: "inbox", event, userIds }];
  if (group.wide) {
    effects.push({ kind: "unfollow", conversationId: group.id, userIds }, { kind: "log", event });
    // Who attends is told before he is gone: he has no inbox for it.
    if (attend) effects.reverse();
  } else {
    effects[0] = {
      kind: "inbox",
      event,
      userIds: [...userIds, ...(await memberIds(context, group.id))].sort((a, b) => a - b),
    };
  }
  return changed(group.id, effects);
};

/** The end of a group: it can be read, nothing can be said. */
export const applyGroupDismiss: Applier = async (context) => {
  const { sql, record } = context;
  const group = await lockGroup(context);
  if (group === undefined) return refused(CODE.noSuchConversation);
  const server = (record.flags & RECORD_FLAG.serverApi) !== 0;
  if (group.dissolved) return refused(CODE.groupDissolved);
  if (!server && group.role === null) return refused(CODE.notGroupMember);
  if (!server && group.role !== OWNER) return refused(CODE.roleTooLow);
  await sql`UPDATE conversations SET dissolved = true WHERE id = ${group.id}`;
  const event = {
    cmd: CMD.groupDismiss,
    conversationId: group.id,
    conversationType: group.type,
    content: contentBytes({ data: {} }, CMD.groupDismiss, DIRECTION.push),
  };
  if (group.wide) return changed(group.id, [{ kind: "log", event }]);
  return changed(group.id, [{ kind: "inbox", event, userIds: await memberIds(context, group.id) }]);
};

async function lockGroup({ sql, record }: ChangeContext): Promise<GroupRow | undefined> {
  const [group] = await sql<GroupRow[]>`
    SELECT c.id, c.type, c.wide, c.dissolved, c.join_mode, m.role, c.owner_id,
      CASE WHEN c.wide THEN 0 ELSE
        (SELECT count(*)::int FROM members WHERE conversation_id = c.id) END AS members
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${record.senderId}
    WHERE c.id = ${record.conversationId} AND c.pair_low IS NULL`;
  // Where membership is a lease of the connection, the owner has no row of a member.
  if (group !== undefined && isLeased(group.type) && group.owner_id === record.senderId) {
    group.role = OWNER;
  }
  return group;
}

async function memberIds({ sql }: ChangeContext, conversationId: number): Promise<number[]> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT user_id FROM members WHERE conversation_id = ${conversationId} ORDER BY user_id`;
  return rows.map((row) => row.user_id);
}

async function namesOf({ sql }: ChangeContext, userIds: readonly number[]): Promise<string[]> {
  const rows = await sql<{ external_id: string }[]>`
    SELECT external_id FROM users WHERE id = ANY(${idArray(userIds)}::text::int8[]) ORDER BY id`;
  return rows.map((row) => row.external_id);
}

async function tooManyWide(
  sql: ChangeContext["sql"],
  userIds: readonly number[],
): Promise<boolean> {
  const [row] = await sql<{ full: boolean }[]>`
    SELECT EXISTS (SELECT FROM members m JOIN conversations c ON c.id = m.conversation_id AND c.wide
      WHERE m.user_id = ANY(${idArray(userIds)}::text::int8[])
      GROUP BY m.user_id HAVING count(*) >= ${LIMIT.wideConversationsPerUser}) AS full`;
  return row?.full ?? false;
}

function changed(conversationId: number, effects: Effect[]): ChangeResult {
  const conversations = [conversationId];
  return { code: CODE.ok, message: "", conversationId, effects, conversations, pairs: [] };
}

function slice(bytes: Uint8Array) {
  return { bytes, start: 0, end: bytes.length };
}
