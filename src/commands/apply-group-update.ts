/** The writer's side of GROUP_UPDATE: what a group is called, its roles, its owner. */
import { idArray } from "../postgres/client.ts";
import { type Applier, type ChangeContext, type ChangeResult, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE, rolesOf } from "../wire/group-rules.ts";
import { madeAndOwned, ownsTooMany } from "./apply-group.ts";
import {
  changed,
  dataOf,
  findGroup,
  type GroupRow,
  isServer,
  membersAmong,
  namesOf,
  noticeOf,
  takeVersions,
  toldAll,
} from "./group-row.ts";

/** `record.target` holds the users of `data.roles` in order, `record.peerId` the new owner. */
export const applyGroupUpdate: Applier = async (context) => {
  const { sql, record } = context;
  const data = dataOf(context);
  const ranks = record.target.length > 0 || record.peerId > 0;
  const leastRole = ranks ? GROUP_ROLE.owner : GROUP_ROLE.administrator;
  const group = await findGroup(context, { leastRole });
  if ("code" in group) return group;
  const refusal =
    (await rolesRefused(context, group, data)) ?? (await ownerRefused(context, group));
  if (refusal !== undefined) return refusal;
  await sql`
    UPDATE conversations SET name = coalesce(${textIn(data, "name")}::text, name),
      avatar = coalesce(${textIn(data, "avatar")}::text, avatar),
      announcement = coalesce(${textIn(data, "announcement")}::text, announcement),
      join_mode = coalesce(${textIn(data, "joinMode")}::text, join_mode)
    WHERE id = ${group.id}`;
  if (record.target.length > 0) await setRoles(context, group, data);
  const told = record.peerId > 0 ? await transfer(context, group, data) : data;
  const notice = noticeOf(context, group, CMD.groupUpdate, told);
  return changed(group.id, [await toldAll(context, group, CMD.groupUpdate, told), ...notice]);
};

function textIn(data: Data, field: string): string | null {
  const value = data[field];
  return typeof value === "string" ? value : null;
}

async function rolesRefused(
  context: ChangeContext,
  group: GroupRow,
  data: Data,
): Promise<ChangeResult | undefined> {
  const { sql, record, groups } = context;
  if (record.target.length === 0) return undefined;
  const members = await membersAmong(context, group.id, record.target);
  if (members.length < record.target.length) return refused(CODE.notGroupMember);
  if (members.some(({ role }) => role === GROUP_ROLE.owner)) {
    return refused(CODE.forbidden, "the owner's role goes with the group: data.owner");
  }
  const named = rolesOf(data).filter(({ role }) => role === GROUP_ROLE.administrator).length;
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM members WHERE conversation_id = ${group.id}
      AND role = 1 AND user_id <> ALL(${idArray(record.target)}::text::int8[])`;
  if (named === 0 || named + (row?.count ?? 0) <= groups.administrators) return undefined;
  return refused(CODE.tooLarge, `a group has at most ${groups.administrators} administrators`);
}

async function ownerRefused(
  context: ChangeContext,
  group: GroupRow,
): Promise<ChangeResult | undefined> {
  const { peerId } = context.record;
  if (peerId === 0) return undefined;
  const [member] = await membersAmong(context, group.id, [peerId]);
  if (member === undefined) return refused(CODE.notGroupMember);
  if (member.role === GROUP_ROLE.owner) return refused(CODE.forbidden, "he is the owner already");
  if (isServer(context)) return undefined;
  const [held] = await madeAndOwned(context, peerId);
  return (held?.owned ?? 0) < context.groups.owned ? undefined : refused(...ownsTooMany(context));
}

async function setRoles(context: ChangeContext, group: GroupRow, data: Data): Promise<void> {
  const { sql, record } = context;
  const roles = rolesOf(data).map(({ role }) => role);
  const version = await takeVersions(context, group.id, roles.length);
  await sql`
    UPDATE members SET role = r.role, version = ${version}::int8 + r.place
    FROM unnest(${idArray(record.target)}::text::int8[], ${idArray(roles)}::text::int2[])
      WITH ORDINALITY AS r(user_id, role, place)
    WHERE members.conversation_id = ${group.id} AND members.user_id = r.user_id`;
}

/** Who owned the group is a member from now on; the new owner is heard whoever muted him before. */
async function transfer(context: ChangeContext, group: GroupRow, data: Data): Promise<Data> {
  const { sql, record } = context;
  const before = group.owner_id ?? 0;
  const version = await takeVersions(context, group.id, 2);
  await sql`
    UPDATE members SET role = CASE WHEN user_id = ${record.peerId} THEN 2 ELSE 0 END,
      muted_until = CASE WHEN user_id = ${record.peerId} THEN NULL ELSE muted_until END,
      version = ${version}::int8 + CASE WHEN user_id = ${record.peerId} THEN 2 ELSE 1 END
    WHERE conversation_id = ${group.id}
      AND user_id = ANY(${idArray([before, record.peerId])}::text::int8[])`;
  await sql`UPDATE conversations SET owner_id = ${record.peerId} WHERE id = ${group.id}`;
  const [demoted] = await namesOf(context, [before]);
  const others = rolesOf(data).filter(({ userId }) => userId !== data["owner"]);
  const roles = [...others, { userId: String(data["owner"]), role: GROUP_ROLE.owner }];
  if (demoted !== undefined) roles.push({ userId: demoted, role: GROUP_ROLE.member });
  return { ...data, roles };
}
