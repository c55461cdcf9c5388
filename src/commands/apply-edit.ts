/** The writer's side of MSG_EDIT (13): the new content replaces, what stood there is kept. */
import { type Applier, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { isJoined } from "../wire/policy.ts";
import { LIMIT } from "../wire/limits.ts";
import { contentOfRecord, done } from "./change-data.ts";
import {
  ADMINISTRATOR,
  findMessage,
  findStanding,
  mayChange,
  tellAudience,
} from "./find-messages.ts";
import { textOf } from "./parameters.ts";

export const applyEdit: Applier = async (context) => {
  const { sql, record, rules } = context;
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  const { data = {}, ...content } = contentOfRecord(record);
  const messageId = textOf(data, "messageId");
  const message = await findMessage(context, standing, messageId);
  if (message === undefined) return refused(CODE.notFound, `there is no message ${messageId}`);
  if (message.senderId !== record.senderId) return refused(CODE.forbidden, "not the sender");
  const code = mayChange(standing);
  if (code !== CODE.ok) return refused(code);
  const all = content.mentions?.all === true && isJoined(standing.type);
  if (all && !standing.system && standing.role < ADMINISTRATOR) return refused(CODE.roleTooLow);
  if (!standing.system && standing.nowMs - message.sentMs > rules.editSeconds * 1000) {
    return refused(CODE.recallWindowOver, "the time in which it could be edited is over");
  }
  const version = message.version + 1;
  if (version > LIMIT.versionsPerMessage) {
    return refused(CODE.tooLarge, `edited ${LIMIT.versionsPerMessage} times already`);
  }
  const bytes = Buffer.from(contentBytes(content, message.cmd, DIRECTION.push));
  await sql`
    WITH kept AS (
      INSERT INTO message_edits (message_id, version, content)
      SELECT id, ${message.version}, content FROM messages WHERE id = ${messageId}::text::int8
    )
    UPDATE messages SET content = ${bytes}, version = ${version}
    WHERE id = ${messageId}::text::int8`;
  const event = {
    cmd: CMD.edit,
    conversationId: standing.conversationId,
    conversationType: standing.type,
    content: contentBytes({ ...content, data: { messageId, version } }, CMD.edit, DIRECTION.push),
  };
  return done(standing.conversationId, [await tellAudience(context, standing, message, event)]);
};
