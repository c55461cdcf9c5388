/** The writer's side of taking messages back: MSG_RECALL (11) and MSG_DELETE (12). */
import { type Applier, type ChangeContext, type Effect, refused } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { isJoined, isLeased } from "../wire/policy.ts";
import {
  ADMINISTRATOR,
  findMessages,
  findStanding,
  type FoundMessage,
  MESSAGE_FLAG,
  type Standing,
  tellAudience,
} from "./find-messages.ts";
import { textOf } from "./parameters.ts";
import { dataOf, done } from "./change-data.ts";

export const applyRecall: Applier = async (context) => {
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  const messageId = textOf(dataOf(context.record), "messageId");
  const found = (await findMessages(context, standing, [messageId])).get(messageId);
  if (found === undefined) return refused(CODE.notFound, `there is no message ${messageId}`);
  const code = mayTakeBack(context, standing, found);
  if (code !== CODE.ok) return refused(code);
  if (isRecalled(found)) return done(standing.conversationId, []);
  await empty(context, [messageId]);
  const data = { messageId };
  const event = {
    cmd: CMD.recall,
    conversationId: standing.conversationId,
    conversationType: standing.type,
    content: contentBytes({ data }, CMD.recall, DIRECTION.push),
  };
  return done(standing.conversationId, [await tellAudience(context, standing, found, event)]);
};

export const applyDelete: Applier = async (context) => {
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  const data = dataOf(context.record);
  const messageIds = [...new Set((data["messageIds"] ?? []) as string[])];
  const found = await findMessages(context, standing, messageIds);
  const missing = messageIds.find((id) => !found.has(id));
  if (missing !== undefined) return refused(CODE.notFound, `there is no message ${missing}`);
  const messages = [...found.values()];
  if (data["forAll"] === true) return await deleteForAll(context, standing, messages);
  if (standing.system) return refused(CODE.forbidden, "the server has no view of its own");
  if (isLeased(standing.type)) return refused(CODE.unsupported, "who attends keeps nothing");
  const { senderId } = context.record;
  await context.sql`
    INSERT INTO hidden_messages (user_id, conversation_id, seq, message_id)
    SELECT ${senderId}, conversation_id, seq, id FROM messages
    WHERE id = ANY(${`{${messageIds.join(",")}}`}::text::int8[])
    ON CONFLICT DO NOTHING`;
  const event = deletion(standing, messageIds, false);
  return done(standing.conversationId, [{ kind: "inbox", event, userIds: [senderId] }]);
};

/** All of them or none; whoever can see some hears of these. */
async function deleteForAll(
  context: ChangeContext,
  standing: Standing,
  messages: readonly FoundMessage[],
) {
  for (const message of messages) {
    const code = mayTakeBack(context, standing, message);
    if (code !== CODE.ok) return refused(code, `message ${message.id}`);
  }
  const left = messages.filter((message) => !isRecalled(message));
  if (left.length === 0) return done(standing.conversationId, []);
  await empty(
    context,
    left.map((message) => message.id),
  );
  const none = deletion(standing, [], true);
  const byAudience = new Map<string, { told: Effect; ids: string[] }>();
  for (const message of left) {
    const told = await tellAudience(context, standing, message, none);
    const name = told.kind === "inbox" ? told.userIds.join() : told.kind;
    const held = byAudience.get(name);
    if (held === undefined) byAudience.set(name, { told, ids: [message.id] });
    else held.ids.push(message.id);
  }
  const effects = [...byAudience.values()].map(({ told, ids }) => {
    return { ...told, event: deletion(standing, ids, true) } as Effect;
  });
  return done(standing.conversationId, effects);
}

function deletion(standing: Standing, messageIds: readonly string[], forAll: boolean) {
  return {
    cmd: CMD.delete,
    conversationId: standing.conversationId,
    conversationType: standing.type,
    content: contentBytes({ data: { messageIds, forAll } }, CMD.delete, DIRECTION.push),
  };
}

/** The sender within the window, an administrator of a group and the server at any time. */
function mayTakeBack(
  { record, rules }: ChangeContext,
  standing: Standing,
  { senderId, sentMs }: FoundMessage,
): number {
  if (standing.system) return CODE.ok;
  if (isJoined(standing.type) && standing.role >= ADMINISTRATOR) return CODE.ok;
  if (senderId !== record.senderId) {
    return isJoined(standing.type) ? CODE.roleTooLow : CODE.forbidden;
  }
  const late = standing.nowMs - sentMs > rules.recallSeconds * 1000;
  return late ? CODE.recallWindowOver : CODE.ok;
}

function isRecalled({ flags }: FoundMessage): boolean {
  return (flags & MESSAGE_FLAG.recalled) !== 0;
}

/** Nothing is left of what they said, nor of what was done to them. */
async function empty({ sql }: ChangeContext, messageIds: readonly string[]): Promise<void> {
  const ids = `{${messageIds.join(",")}}`;
  await sql`
    WITH edits AS (DELETE FROM message_edits WHERE message_id = ANY(${ids}::text::int8[])),
      given AS (DELETE FROM reactions WHERE message_id = ANY(${ids}::text::int8[])),
      counted AS (DELETE FROM reaction_counts WHERE message_id = ANY(${ids}::text::int8[])),
      pinned AS (DELETE FROM pins WHERE message_id = ANY(${ids}::text::int8[]))
    UPDATE messages SET content = '', options = NULL, version = NULL,
      flags = (flags & ~${MESSAGE_FLAG.reactions}::int2)
        | ${MESSAGE_FLAG.emptied | MESSAGE_FLAG.recalled}::int2
    WHERE id = ANY(${ids}::text::int8[])`;
}
