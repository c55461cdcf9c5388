/** The writer's side of relations: friends made and unmade, users blocked. */
import {
  type Applier,
  type ChangeContext,
  type ChangeResult,
  type Effect,
} from "../path/change.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";

/** `record.senderId` and `record.peerId` become friends, each told in his own log. */
export const applyFriendAdd: Applier = (context) => setFriends(context, CMD.friendAdd, true);

export const applyFriendDelete: Applier = (context) => setFriends(context, CMD.friendDelete, false);

/** `record.senderId` blocks `record.peerId`, or with `record.value` 0 no longer. */
export const applyFriendBlock: Applier = async (context) => {
  const { sql, record } = context;
  const blocked = record.value !== 0;
  await sql`
    INSERT INTO relations (user_id, peer_id, blocked)
    VALUES (${record.senderId}, ${record.peerId}, ${blocked})
    ON CONFLICT (user_id, peer_id) DO UPDATE SET blocked = excluded.blocked, updated_at = now()`;
  const names = await namesOf(context);
  const event = relationEvent(CMD.friendBlock, { userId: names.get(record.peerId) ?? "", blocked });
  return await related(context, [{ kind: "inbox", event, userIds: [record.senderId] }]);
};

async function setFriends(
  context: ChangeContext,
  cmd: number,
  friend: boolean,
): Promise<ChangeResult> {
  const { sql, record } = context;
  const { senderId, peerId } = record;
  await sql`
    INSERT INTO relations (user_id, peer_id, friend)
    VALUES (${senderId}, ${peerId}, ${friend}), (${peerId}, ${senderId}, ${friend})
    ON CONFLICT (user_id, peer_id) DO UPDATE SET friend = excluded.friend, updated_at = now()`;
  const type = friend ? CONVERSATION.single : CONVERSATION.stranger;
  await sql`
    UPDATE conversations SET type = ${type} WHERE pair_low = ${Math.min(senderId, peerId)}
      AND pair_high = ${Math.max(senderId, peerId)}`;
  const names = await namesOf(context);
  const effects: Effect[] = [senderId, peerId].map((userId) => {
    const other = userId === senderId ? peerId : senderId;
    const event = relationEvent(cmd, { userId: names.get(other) ?? "" });
    return { kind: "inbox", event, userIds: [userId] };
  });
  return await related(context, effects);
}

async function related(context: ChangeContext, effects: Effect[]): Promise<ChangeResult> {
  const { sql, record } = context;
  const low = Math.min(record.senderId, record.peerId);
  const high = Math.max(record.senderId, record.peerId);
  const rows = await sql<{ id: number }[]>`
    SELECT id FROM conversations WHERE pair_low = ${low} AND pair_high = ${high}`;
  const conversations = rows.map((row) => row.id);
  return {
    code: CODE.ok,
    message: "",
    conversationId: 0,
    effects,
    conversations,
    pairs: [{ low, high }],
  };
}

function relationEvent(cmd: number, data: Data) {
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  return { cmd, conversationId: 0, conversationType: 0, content };
}

async function namesOf({ sql, record }: ChangeContext): Promise<Map<number, string>> {
  const rows = await sql<{ id: number; external_id: string }[]>`
    SELECT id, external_id FROM users WHERE id IN (${record.senderId}, ${record.peerId})`;
  return new Map(rows.map((row) => [row.id, row.external_id]));
}
