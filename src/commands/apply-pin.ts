/** The writer's side of MSG_PIN (15): a message stands at the top of its conversation. */
import { type Applier, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { isJoined } from "../wire/policy.ts";
import { LIMIT } from "../wire/limits.ts";
import { dataOf, done } from "./change-data.ts";
import {
  ADMINISTRATOR,
  findMessage,
  findStanding,
  mayChange,
  tellAudience,
} from "./find-messages.ts";
import { textOf } from "./parameters.ts";

export const applyPin: Applier = async (context) => {
  const { sql, record } = context;
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  const { conversationId } = standing;
  const data = dataOf(record);
  const messageId = textOf(data, "messageId");
  const remove = data["remove"] === true;
  const message = await findMessage(context, standing, messageId);
  if (message === undefined) return refused(CODE.notFound, `there is no message ${messageId}`);
  const code = mayChange(standing);
  if (code !== CODE.ok) return refused(code);
  const low = isJoined(standing.type) && standing.role < ADMINISTRATOR;
  if (low && !standing.system) return refused(CODE.roleTooLow);
  if (remove) {
    const gone = await sql`
      DELETE FROM pins WHERE conversation_id = ${conversationId}
        AND message_id = ${messageId}::text::int8 RETURNING 1`;
    if (gone.length === 0) return done(conversationId, []);
  } else {
    const [held] = await sql<{ count: number; pinned: boolean }[]>`
      SELECT count(*)::int AS count,
        coalesce(bool_or(message_id = ${messageId}::text::int8), false) AS pinned
      FROM pins WHERE conversation_id = ${conversationId}`;
    if (held?.pinned) return done(conversationId, []);
    if ((held?.count ?? 0) >= LIMIT.pinsPerConversation) {
      return refused(CODE.tooLarge, `at most ${LIMIT.pinsPerConversation} messages are pinned`);
    }
    await sql`
      INSERT INTO pins (conversation_id, message_id, user_id)
      VALUES (${conversationId}, ${messageId}::text::int8, ${record.senderId})`;
  }
  const event = {
    cmd: CMD.pin,
    conversationId,
    conversationType: standing.type,
    content: contentBytes({ data: { messageId, remove } }, CMD.pin, DIRECTION.push),
  };
  return done(conversationId, [await tellAudience(context, standing, message, event)]);
};
