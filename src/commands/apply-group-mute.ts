/** The writer's side of GROUP_MUTE: some members or all are silent until a time. */
import { idArray } from "../postgres/client.ts";
import { type Applier, type ChangeContext, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import {
  changed,
  findGroup,
  isServer,
  membersAmong,
  namesOf,
  rankOf,
  takeVersions,
  toldAll,
} from "./group-row.ts";

/**
 * Mutes `record.target`, or without any all members, until `record.value`, ms since 1970 by
 * Postgres' clock. Nothing has to happen at that time: grants are loaded afresh by then.
 */
export const applyGroupMute: Applier = async (context) => {
  const { record } = context;
  const until = record.value;
  const group = await findGroup(context, { leastRole: GROUP_ROLE.administrator });
  if ("code" in group) return group;
  if (record.target.length === 0) {
    await context.sql`
      UPDATE conversations SET muted_until = ${instantOf(until)}::timestamptz
      WHERE id = ${group.id}`;
    return changed(group.id, [await toldAll(context, group, CMD.groupMute, { until })]);
  }
  if (!isServer(context) && record.target.includes(record.senderId)) {
    return refused(CODE.forbidden, "nobody mutes himself");
  }
  const muted = await membersAmong(context, group.id, record.target);
  if (muted.length === 0) return refused(CODE.notGroupMember);
  if (muted.some(({ role }) => role >= rankOf(context, group))) {
    return refused(CODE.roleTooLow, "one of them is of the same role or a higher one");
  }
  const userIds = muted.map((row) => row.user_id);
  await muteMembers(context, group.id, userIds, until);
  const data = { userIds: await namesOf(context, userIds), until };
  return changed(group.id, [await toldAll(context, group, CMD.groupMute, data)]);
};

async function muteMembers(
  context: ChangeContext,
  conversationId: number,
  userIds: readonly number[],
  until: number,
): Promise<void> {
  const version = await takeVersions(context, conversationId, userIds.length);
  await context.sql`
    UPDATE members SET muted_until = ${instantOf(until)}::timestamptz,
      version = ${version}::int8 + w.place
    FROM unnest(${idArray(userIds)}::text::int8[]) WITH ORDINALITY AS w(user_id, place)
    WHERE members.conversation_id = ${conversationId} AND members.user_id = w.user_id`;
}

/** What lies beyond is never: Postgres writes later years otherwise. */
const LATEST_MS = Date.UTC(9999, 11, 31);

/** Null is no mute. */
function instantOf(until: number): string | null {
  return until === 0 ? null : new Date(Math.min(until, LATEST_MS)).toISOString();
}
