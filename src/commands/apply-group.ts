/** The writer's side of groups: made and dissolved. Within the change's transaction. */
import { idArray } from "../postgres/client.ts";
import { type Applier, type ChangeContext, type Effect, refused } from "../path/change.ts";
import { readCustomPolicy } from "../path/custom-policy.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { LIMIT } from "../wire/limits.ts";
import { FAN_OUT, isLeased, POLICY } from "../wire/policy.ts";
import { changed, dataOf, findGroup, isServer, toldAll } from "./group-row.ts";

/** `record.target` holds the members' inner ids beside the owner, `record.value` the type. */
export const applyGroupCreate: Applier = async (context) => {
  const { sql, record, fanOutMembers } = context;
  const data = dataOf(context) as GroupCreateData;
  const type = record.value;
  const ownerId = record.senderId;
  const policy = readCustomPolicy(data.policy);
  if ("code" in policy) return refused(policy.code, policy.message);
  const userIds = isLeased(type) ? [] : [...new Set([ownerId, ...record.target])];
  const alwaysWide = POLICY[type]?.fanOut === FAN_OUT.wide || policy.wide;
  const wide = alwaysWide || userIds.length > fanOutMembers;
  if (!isServer(context)) {
    const [made] = await madeAndOwned(context, ownerId);
    if ((made?.made ?? 0) >= context.groups.madePerDay) {
      return refused(CODE.rateLimited, `${context.groups.madePerDay} groups were made in a day`);
    }
    if ((made?.owned ?? 0) >= context.groups.owned) return refused(...ownsTooMany(context));
  }
  if (userIds.length > membersMax(context, type)) {
    return refused(CODE.groupFull, `a group has at most ${membersMax(context, type)} members`);
  }
  if (wide && (await tooManyWide(sql, userIds))) return refused(...inTooManyWide());
  const [group] = await sql<{ id: number }[]>`
    INSERT INTO conversations
      (type, name, owner_id, creator_id, join_mode, wide, members_version, member_count,
        send_role, persist, webhook)
    VALUES (${type}, ${data.name ?? ""}, ${ownerId}, ${isServer(context) ? null : ownerId},
      ${data.joinMode || "free"}, ${wide}, ${userIds.length}, ${userIds.length},
      ${policy.sendRole}, ${policy.persist},
      ${policy.webhook === undefined ? null : JSON.stringify(policy.webhook)})
    RETURNING id`;
  const conversationId = (group as { id: number }).id;
  await sql`
    INSERT INTO members (conversation_id, user_id, role, version)
    SELECT ${conversationId}, user_id,
      CASE WHEN user_id = ${ownerId} THEN ${GROUP_ROLE.owner} ELSE 0 END, version
    FROM unnest(${idArray(userIds)}::text::int8[]) WITH ORDINALITY AS w(user_id, version)`;
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

/** How many groups a user made within a day, and how many he owns; neither counted further. */
export function madeAndOwned({ sql, groups }: ChangeContext, userId: number) {
  return sql<{ made: number; owned: number }[]>`
    SELECT (SELECT count(*)::int FROM (SELECT FROM conversations WHERE creator_id = ${userId}
        AND created_at > now() - interval '1 day' LIMIT ${groups.madePerDay}) m) AS made,
      (SELECT count(*)::int FROM (SELECT FROM conversations WHERE owner_id = ${userId}
        AND NOT dissolved LIMIT ${groups.owned}) o) AS owned`;
}

export function ownsTooMany({ groups }: ChangeContext): [number, string] {
  return [CODE.tooLarge, `a user owns at most ${groups.owned} groups`];
}

export function inTooManyWide(): [number, string] {
  return [CODE.groupFull, `a user is in ${LIMIT.wideConversationsPerUser} wide groups`];
}

/** How many members a group of a type may have. */
export function membersMax({ groups }: ChangeContext, type: number): number {
  if (type === CONVERSATION.group) return groups.members;
  if (type === CONVERSATION.millionGroup) return groups.millionGroupMembers;
  return POLICY[type]?.membersMax || Number.MAX_SAFE_INTEGER;
}

export async function tooManyWide(
  sql: ChangeContext["sql"],
  userIds: readonly number[],
): Promise<boolean> {
  const [row] = await sql<{ full: boolean }[]>`
    SELECT EXISTS (SELECT FROM members m JOIN conversations c ON c.id = m.conversation_id AND c.wide
      WHERE m.user_id = ANY(${idArray(userIds)}::text::int8[])
      GROUP BY m.user_id HAVING count(*) >= ${LIMIT.wideConversationsPerUser}) AS full`;
  return row?.full ?? false;
}

/** The end of a group: it can be read, nothing can be said. */
export const applyGroupDismiss: Applier = async (context) => {
  const group = await findGroup(context, { leastRole: GROUP_ROLE.owner });
  if ("code" in group) return group;
  const { sql } = context;
  await sql`UPDATE conversations SET dissolved = true WHERE id = ${group.id}`;
  await sql`DELETE FROM group_requests WHERE conversation_id = ${group.id}`;
  return changed(group.id, [await toldAll(context, group, CMD.groupDismiss, {})]);
};
