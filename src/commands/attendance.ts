/**
 * GROUP_JOIN and LEAVE (42, 43) where membership is a lease of the connection: its own gateway
 * settles them, the stream and the writer have no part in it.
 */
import type { Attendance } from "../gateway/attendance.ts";
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { isLeased, outsiderCode } from "../wire/policy.ts";
import { namesOf } from "./parameters.ts";

/** What is no such conversation, and kicking others, goes to `otherwise`. */
export function attendanceCommand(sql: Sql, attendance: Attendance, otherwise: Command): Command {
  return async (context) => {
    const { slot, sender, envelope, cmd } = context;
    const conversationId = envelope.route?.conversationId;
    if (conversationId === undefined) return await otherwise(context);
    const found = await findConversation(sql, conversationId);
    if (found === undefined || !isLeased(found.type)) return await otherwise(context);
    const others = namesOf(envelope.content?.data ?? {}, "userIds").length > 0;
    if (cmd === CMD.groupLeave) {
      if (others) return await otherwise(context);
      return answered(attendance.leave(slot, conversationId) ? CODE.ok : outsiderCode(found.type));
    }
    if (others) return noInvitation();
    if (found.dissolved) return answered(CODE.groupDissolved);
    const attended = { conversationId, conversationType: found.type };
    return await attendance.join(slot, sender.userId, attended);
  };
}

function noInvitation(): CommandAnswer {
  return refusedWith(CODE.unsupported, "who attends has joined from a connection of his own");
}

async function findConversation(
  sql: Sql,
  conversationId: number,
): Promise<{ type: number; dissolved: boolean } | undefined> {
  const [row] = await sql<{ type: number; dissolved: boolean }[]>`
    SELECT type, dissolved FROM conversations WHERE id = ${conversationId}`;
  return row;
}
