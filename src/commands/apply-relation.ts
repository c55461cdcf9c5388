/** The writer's side of relations that stand: ended, remarked, blocked. */
import { type Applier, type ChangeContext, refused } from "../path/change.ts";
import { contentOf } from "../wire/content-bytes.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";
import { textOf } from "./parameters.ts";
import {
  namesOf,
  ownEvent,
  related,
  relationOf,
  setFriends,
  setRelation,
  unchanged,
} from "./relation-rows.ts";

/** `record.senderId` and `record.peerId` are friends no longer, each told in his own log. */
export const applyFriendDelete: Applier = async ({ sql, record }) => {
  const { cmd, senderId, peerId } = record;
  if (!(await setFriends(sql, senderId, peerId, false))) return unchanged();
  const nameOf = await namesOf(sql, senderId, peerId);
  return await related(sql, senderId, peerId, [
    ownEvent(cmd, senderId, { userId: nameOf(peerId) }),
    ownEvent(cmd, peerId, { userId: nameOf(senderId) }),
  ]);
};

/** The remark of `record.senderId` for a friend, known to him alone. */
export const applyFriendUpdate: Applier = async (context) => {
  const { sql, record } = context;
  const { cmd, senderId, peerId } = record;
  const remark = textOf(dataOf(context), "remark");
  if (utf8Length(remark) > LIMIT.remarkBytes) {
    return refused(CODE.tooLarge, `content.data.remark: more than ${LIMIT.remarkBytes} bytes`);
  }
  if (!(await relationOf(sql, senderId, peerId)).friend) return refused(CODE.notFriends);
  if (!(await setRelation(sql, senderId, peerId, { remark }))) return unchanged();
  const nameOf = await namesOf(sql, senderId, peerId);
  const event = ownEvent(cmd, senderId, { userId: nameOf(peerId), remark });
  return { ...unchanged(), effects: [event] };
};

/** Users whom one user may block: the newest blocks of somebody who has more are refused. */
const BLOCKED_MAX = 10_000;

/** `record.senderId` blocks `record.peerId`, or with `record.value` 0 no longer. */
export const applyBlock: Applier = async ({ sql, record }) => {
  const { cmd, senderId, peerId } = record;
  const blocked = record.value !== 0;
  if (blocked && (await blockedCount(sql, senderId)) >= BLOCKED_MAX) {
    return refused(CODE.tooLarge, `more than ${BLOCKED_MAX} users are blocked`);
  }
  if (!(await setRelation(sql, senderId, peerId, { blocked }))) return unchanged();
  const nameOf = await namesOf(sql, senderId, peerId);
  const event = ownEvent(cmd, senderId, { userId: nameOf(peerId), blocked });
  return await related(sql, senderId, peerId, [event]);
};

async function blockedCount(sql: ChangeContext["sql"], userId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM relations WHERE user_id = ${userId} AND blocked`;
  return row?.count ?? 0;
}

/** The parameters that a record carries. */
export function dataOf({ record }: ChangeContext): Data {
  const { content, cmd } = record;
  return contentOf({ bytes: content, start: 0, end: content.length }, cmd).data ?? {};
}
