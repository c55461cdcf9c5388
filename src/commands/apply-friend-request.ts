/** The writer's side of FRIEND_ADD (61): asked, accepted, refused, or made by the application. */
import { type Applier, type ChangeContext, type ChangeResult, refused } from "../path/change.ts";
import { FRIEND_ASK } from "../path/friend-ask.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";
import { dataOf } from "./apply-relation.ts";
import { textOf } from "./parameters.ts";
import {
  namesOf,
  ownEvent,
  related,
  relationCount,
  relationOf,
  setFriends,
  unchanged,
} from "./relation-rows.ts";

export interface RelationLimits {
  /** Requests of one user that wait for an answer. */
  openMax: number;
  /** Requests of one user within 24 hours. */
  dailyMax: number;
  expiryDays: number;
  /** Friends and blocked users of one user. */
  relationsMax: number;
}

const STATE = { open: 0, accepted: 1, refused: 2 } as const;

export function friendAddApplier(limits: RelationLimits): Applier {
  return (context) => {
    switch (context.record.value) {
      case FRIEND_ASK.befriend:
        return befriend(context);
      case FRIEND_ASK.request:
        return request(context, limits);
      default:
        return decide(context, limits);
    }
  };
}

/** The host application makes two users friends; what they had asked is answered by that. */
async function befriend({ sql, record }: ChangeContext): Promise<ChangeResult> {
  const { cmd, senderId, peerId } = record;
  await sql`
    UPDATE friend_requests SET state = ${STATE.accepted} WHERE state = ${STATE.open}
      AND ((from_id = ${senderId} AND to_id = ${peerId})
        OR (from_id = ${peerId} AND to_id = ${senderId}))`;
  if (!(await setFriends(sql, senderId, peerId, true))) return unchanged();
  const nameOf = await namesOf(sql, senderId, peerId);
  return await related(sql, senderId, peerId, [
    ownEvent(cmd, senderId, { userId: nameOf(peerId) }),
    ownEvent(cmd, peerId, { userId: nameOf(senderId) }),
  ]);
}

interface Facts {
  friends: boolean;
  blocked: boolean;
  blocking: boolean;
  muted: boolean;
  mode: string | null;
  own: number | null;
  crossing: number | null;
  open: number;
  today: number;
}

/** The answer is the number of the request. */
async function request(context: ChangeContext, limits: RelationLimits): Promise<ChangeResult> {
  const { sql, record } = context;
  const { cmd, senderId, peerId } = record;
  const message = textOf(dataOf(context), "message");
  if (utf8Length(message) > LIMIT.friendMessageBytes) {
    const problem = `content.data.message: more than ${LIMIT.friendMessageBytes} bytes`;
    return refused(CODE.tooLarge, problem);
  }
  const facts = await factsOf(context);
  if (facts.muted) return refused(CODE.muted);
  if (facts.blocked || facts.blocking) return refused(CODE.blocked);
  if (facts.friends) return refused(CODE.conflict, "content.data.userId: friends already");
  // Each has asked the other: that is an answer.
  if (facts.crossing !== null) return await accept(context, facts.crossing, peerId, limits);
  if (facts.own !== null) return unchanged(facts.own);
  if (!(await takesRequests(context, facts.mode))) {
    return refused(CODE.forbidden, "content.data.userId: takes no friend requests");
  }
  if (facts.open >= limits.openMax) {
    return refused(CODE.tooLarge, `${limits.openMax} friend requests are open`);
  }
  if (facts.today >= limits.dailyMax) {
    return refused(CODE.rateLimited, `${limits.dailyMax} friend requests in 24 hours`);
  }
  await sql`
    DELETE FROM friend_requests WHERE from_id = ${senderId}
      AND created_at < now() - interval '24 hours'
      AND (state <> ${STATE.open} OR expires_at <= now())`;
  const [row] = await sql<{ id: number }[]>`
    INSERT INTO friend_requests (from_id, to_id, message, expires_at)
    VALUES (${senderId}, ${peerId}, ${message},
      now() + make_interval(days => ${limits.expiryDays}))
    RETURNING id`;
  const id = (row as { id: number }).id;
  const nameOf = await namesOf(sql, senderId, peerId);
  const said = { message, requestId: String(id) };
  return {
    ...unchanged(id),
    effects: [
      ownEvent(cmd, senderId, { userId: nameOf(peerId), ...said }),
      ownEvent(cmd, peerId, { userId: nameOf(senderId), ...said }),
    ],
  };
}

async function factsOf({ sql, record }: ChangeContext): Promise<Facts> {
  const { senderId, peerId } = record;
  const [row] = await sql<Facts[]>`
    SELECT coalesce(mine.friend AND theirs.friend, false) AS friends,
      coalesce(theirs.blocked, false) AS blocked, coalesce(mine.blocked, false) AS blocking,
      coalesce(u.muted_until > now(), false) AS muted,
      (SELECT value FROM user_settings WHERE user_id = ${peerId} AND key = 'addMode') AS mode,
      (SELECT max(id) FROM friend_requests WHERE from_id = ${senderId} AND to_id = ${peerId}
        AND state = ${STATE.open} AND expires_at > now()) AS own,
      (SELECT max(id) FROM friend_requests WHERE from_id = ${peerId} AND to_id = ${senderId}
        AND state = ${STATE.open} AND expires_at > now()) AS crossing,
      (SELECT count(*)::int FROM friend_requests WHERE from_id = ${senderId}
        AND state = ${STATE.open} AND expires_at > now()) AS open,
      (SELECT count(*)::int FROM friend_requests WHERE from_id = ${senderId}
        AND created_at > now() - interval '24 hours') AS today
    FROM users u
    LEFT JOIN relations mine ON mine.user_id = u.id AND mine.peer_id = ${peerId}
    LEFT JOIN relations theirs ON theirs.user_id = ${peerId} AND theirs.peer_id = u.id
    WHERE u.id = ${senderId}`;
  return row as Facts;
}

async function takesRequests(
  { sql, record }: ChangeContext,
  mode: string | null,
): Promise<boolean> {
  if (mode === "nobody") return false;
  if (mode !== "friendsOfFriends") return true;
  const [row] = await sql<{ common: boolean }[]>`
    SELECT EXISTS (SELECT FROM relations a
      JOIN relations b ON b.user_id = ${record.peerId} AND b.peer_id = a.peer_id AND b.friend
      WHERE a.user_id = ${record.senderId} AND a.friend) AS common`;
  return row?.common ?? false;
}

/** The one who was asked accepts or refuses; said again, it is done already. */
async function decide(context: ChangeContext, limits: RelationLimits): Promise<ChangeResult> {
  const { sql, record } = context;
  const wanted = textOf(dataOf(context), "requestId");
  const id = /^[1-9]\d{0,14}$/.test(wanted) ? Number(wanted) : 0;
  const [row] = await sql<{ from_id: number; state: number; expired: boolean }[]>`
    SELECT from_id, state, expires_at <= now() AS expired FROM friend_requests
    WHERE id = ${id} AND to_id = ${record.senderId}`;
  if (row === undefined) return refused(CODE.notFound, "content.data.requestId: no such request");
  const accepting = record.value === FRIEND_ASK.accept;
  const state = accepting ? STATE.accepted : STATE.refused;
  if (row.state === state) return unchanged(id);
  if (row.state !== STATE.open) {
    return refused(CODE.conflict, "content.data.requestId: decided otherwise already");
  }
  if (row.expired) return refused(CODE.notFound, "content.data.requestId: it has expired");
  if (accepting) return await accept(context, id, row.from_id, limits);
  await sql`UPDATE friend_requests SET state = ${STATE.refused} WHERE id = ${id}`;
  return { ...unchanged(id), effects: await decided(context, id, row.from_id, false) };
}

async function accept(
  context: ChangeContext,
  id: number,
  askerId: number,
  limits: RelationLimits,
): Promise<ChangeResult> {
  const { sql, record } = context;
  const { senderId } = record;
  const mine = await relationOf(sql, senderId, askerId);
  const theirs = await relationOf(sql, askerId, senderId);
  if (mine.blocked || theirs.blocked) return refused(CODE.blocked);
  for (const userId of [senderId, askerId]) {
    if ((await relationCount(sql, userId)) >= limits.relationsMax) {
      return refused(CODE.tooLarge, `one of the two knows ${limits.relationsMax} users already`);
    }
  }
  await sql`UPDATE friend_requests SET state = ${STATE.accepted} WHERE id = ${id}`;
  await setFriends(sql, senderId, askerId, true);
  const effects = await decided(context, id, askerId, true);
  return await related(sql, senderId, askerId, effects, id);
}

async function decided({ sql, record }: ChangeContext, id: number, askerId: number, yes: boolean) {
  const { cmd, senderId } = record;
  const nameOf = await namesOf(sql, senderId, askerId);
  const said = { requestId: String(id), accept: yes };
  return [
    ownEvent(cmd, senderId, { userId: nameOf(askerId), ...said }),
    ownEvent(cmd, askerId, { userId: nameOf(senderId), ...said }),
  ];
}
