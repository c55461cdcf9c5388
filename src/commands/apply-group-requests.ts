/** The writer's side of joining by approval: a request is made, and decided by administrators. */
import { type ChangeContext, type ChangeResult, type Effect, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { changed, dataOf, eventOf, findGroup, type GroupRow, namesOf } from "./group-row.ts";

/** Requests of one user that wait, and those of all users that one group keeps. */
const USER_REQUESTS_MAX = 200;
const GROUP_REQUESTS_MAX = 5000;

interface RequestRow {
  id: number;
  user_id: number;
}

/** Stores the request and tells the administrators; who asks again is answered alike. */
export async function askToJoin(context: ChangeContext, group: GroupRow): Promise<ChangeResult> {
  const { sql, record } = context;
  const { senderId } = record;
  const [waiting] = await sql<{ mine: boolean; of_user: number; of_group: number }[]>`
    SELECT EXISTS (SELECT FROM group_requests WHERE conversation_id = ${group.id}
        AND user_id = ${senderId}) AS mine,
      (SELECT count(*)::int FROM group_requests WHERE user_id = ${senderId}) AS of_user,
      (SELECT count(*)::int FROM group_requests WHERE conversation_id = ${group.id}) AS of_group`;
  if (waiting?.mine === true) return changed(group.id, []);
  if ((waiting?.of_user ?? 0) >= USER_REQUESTS_MAX) {
    return refused(CODE.rateLimited, `${USER_REQUESTS_MAX} requests of yours wait`);
  }
  if ((waiting?.of_group ?? 0) >= GROUP_REQUESTS_MAX) {
    return refused(CODE.rateLimited, `${GROUP_REQUESTS_MAX} requests wait in this group`);
  }
  const { message = "" } = dataOf(context) as { message?: string };
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO group_requests (conversation_id, user_id, message)
    VALUES (${group.id}, ${senderId}, ${message}) RETURNING id`;
  const data = { userIds: [record.from], message, requestId: String(row?.id) };
  return changed(group.id, [await toldDeciders(context, group, data, [])]);
}

/** Adds who is accepted, as `apply-group-members.ts` does. */
type AddMembers = (
  context: ChangeContext,
  group: GroupRow,
  userIds: readonly number[],
  told: Data,
) => Promise<ChangeResult>;

/** The first decision on `record.value` counts; for the second there is no such request. */
export async function answerRequest(
  context: ChangeContext,
  addMembers: AddMembers,
): Promise<ChangeResult> {
  const { sql, record } = context;
  const group = await findGroup(context, { leastRole: GROUP_ROLE.administrator });
  if ("code" in group) return group;
  const [request] = await sql<RequestRow[]>`
    SELECT id, user_id FROM group_requests
    WHERE id = ${record.value} AND conversation_id = ${group.id}`;
  if (request === undefined) return refused(CODE.notFound, "there is no such request");
  const requestId = String(request.id);
  if (dataOf(context)["accept"] === true) {
    return await addMembers(context, group, [request.user_id], { requestId, accept: true });
  }
  await sql`DELETE FROM group_requests WHERE id = ${request.id}`;
  const userIds = await namesOf(context, [request.user_id]);
  const data = { userIds, requestId, accept: false };
  return changed(group.id, [await toldDeciders(context, group, data, [request.user_id])]);
}

/** In the own logs of the owner and the administrators, whom a setting bounds, and of others. */
async function toldDeciders(
  { sql }: ChangeContext,
  group: GroupRow,
  data: Data,
  others: readonly number[],
): Promise<Effect> {
  const rows = await sql<{ user_id: number }[]>`
    SELECT user_id FROM members WHERE conversation_id = ${group.id} AND role > 0`;
  const userIds = [...rows.map((row) => row.user_id), ...others].sort((a, b) => a - b);
  return { kind: "inbox", event: eventOf(group, CMD.groupJoin, data), userIds };
}
