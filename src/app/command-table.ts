/** The commands that a connection can send beside messages, each with what it needs. */
import { attendanceCommand } from "../commands/attendance.ts";
import { groupCreateCommand, groupMembersCommand } from "../commands/group.ts";
import { conversationListCommand, historyCommand, readCommand } from "../commands/reading.ts";
import { syncCommand } from "../commands/sync.ts";
import type { Attendance } from "../gateway/attendance.ts";
import type { CatchUp } from "../gateway/catch-up.ts";
import type { Commands } from "../gateway/command.ts";
import type { Ingest } from "../path/ingest.ts";
import type { Requests } from "../path/requests.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";

export function commandTable(parts: {
  sql: Sql;
  epoch: string;
  catchUp: CatchUp;
  ingest: Ingest;
  requests: Requests;
  attendance: Attendance;
}): Commands {
  const { sql, epoch, catchUp, ingest, requests, attendance } = parts;
  const members = groupMembersCommand({ sql, ingest, requests });
  return {
    [CMD.syncMsg]: syncCommand(sql, epoch, catchUp),
    [CMD.syncConversation]: conversationListCommand(sql),
    [CMD.conversationSync]: historyCommand(sql, catchUp),
    [CMD.read]: readCommand(ingest, requests),
    [CMD.groupCreate]: groupCreateCommand({ sql, ingest, requests }),
    [CMD.groupJoin]: attendanceCommand(sql, attendance, members),
    [CMD.groupLeave]: attendanceCommand(sql, attendance, members),
    [CMD.groupDismiss]: members,
  };
}
