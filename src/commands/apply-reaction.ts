/** The writer's side of MSG_REACTION (14): one row for each user and reaction, counted. */
import { type Applier, type ChangeContext, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { dataOf, done } from "./change-data.ts";
import {
  findMessage,
  findStanding,
  type FoundMessage,
  mayChange,
  MESSAGE_FLAG,
  tellAudience,
} from "./find-messages.ts";
import { textOf } from "./parameters.ts";

export const applyReaction: Applier = async (context) => {
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  const data = dataOf(context.record);
  const messageId = textOf(data, "messageId");
  const reaction = textOf(data, "reaction");
  const remove = data["remove"] === true;
  const message = await findMessage(context, standing, messageId);
  if (message === undefined) return refused(CODE.notFound, `there is no message ${messageId}`);
  const code = mayChange(standing);
  if (code !== CODE.ok) return refused(code);
  const outcome = remove
    ? await removeReaction(context, messageId, reaction)
    : await addReaction(context, message, reaction);
  if (typeof outcome === "string") return refused(CODE.tooLarge, outcome);
  // As it was asked for already: nothing to tell.
  if (outcome < 0) return done(standing.conversationId, []);
  const event = {
    cmd: CMD.reaction,
    conversationId: standing.conversationId,
    conversationType: standing.type,
    content: contentBytes(
      { data: { messageId, reaction, remove, count: outcome } },
      CMD.reaction,
      DIRECTION.push,
    ),
  };
  return done(standing.conversationId, [await tellAudience(context, standing, message, event)]);
};

/** How many gave it after this one, −1 when he had; a sentence when there are too many. */
async function addReaction(
  { sql, record }: ChangeContext,
  message: FoundMessage,
  reaction: string,
): Promise<number | string> {
  const { id } = message;
  const [held] = await sql<{ mine: boolean; own: number; known: boolean; kinds: number }[]>`
    SELECT
      EXISTS (SELECT FROM reactions WHERE message_id = ${id}::text::int8
        AND user_id = ${record.senderId} AND reaction = ${reaction}) AS mine,
      (SELECT count(*)::int FROM reactions WHERE message_id = ${id}::text::int8
        AND user_id = ${record.senderId}) AS own,
      EXISTS (SELECT FROM reaction_counts
        WHERE message_id = ${id}::text::int8 AND reaction = ${reaction}) AS known,
      (SELECT count(*)::int FROM reaction_counts WHERE message_id = ${id}::text::int8) AS kinds`;
  if (held === undefined || held.mine) return -1;
  if (held.own >= LIMIT.reactionsPerUser) {
    return `a user gives a message at most ${LIMIT.reactionsPerUser} reactions`;
  }
  if (!held.known && held.kinds >= LIMIT.reactionsPerMessage) {
    return `a message has at most ${LIMIT.reactionsPerMessage} different reactions`;
  }
  const [row] = await sql<{ count: number }[]>`
    WITH given AS (
      INSERT INTO reactions (message_id, user_id, reaction)
      VALUES (${id}::text::int8, ${record.senderId}, ${reaction})
    ), flagged AS (
      UPDATE messages SET flags = flags | ${MESSAGE_FLAG.reactions}::int2
      WHERE id = ${id}::text::int8 AND flags & ${MESSAGE_FLAG.reactions}::int2 = 0
    )
    INSERT INTO reaction_counts AS c (message_id, reaction, count)
    VALUES (${id}::text::int8, ${reaction}, 1)
    ON CONFLICT (message_id, reaction) DO UPDATE SET count = c.count + 1
    RETURNING count`;
  return row?.count ?? 0;
}

async function removeReaction(
  { sql, record }: ChangeContext,
  id: string,
  reaction: string,
): Promise<number> {
  const removed = await sql`
    DELETE FROM reactions WHERE message_id = ${id}::text::int8
      AND user_id = ${record.senderId} AND reaction = ${reaction} RETURNING 1`;
  if (removed.length === 0) return -1;
  const [row] = await sql<{ count: number }[]>`
    UPDATE reaction_counts SET count = count - 1
    WHERE message_id = ${id}::text::int8 AND reaction = ${reaction} RETURNING count`;
  await sql`
    DELETE FROM reaction_counts
    WHERE message_id = ${id}::text::int8 AND reaction = ${reaction} AND count <= 0`;
  return row?.count ?? 0;
}
