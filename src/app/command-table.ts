/** The commands that a connection can send beside messages, each with what it needs. */
import {
  groupCreateCommand,
  groupJoinCommand,
  groupLeaveCommand,
  groupMuteCommand,
  groupUpdateCommand,
} from "../commands/group.ts";
import { groupSyncCommand } from "../commands/group-sync.ts";
import { conversationListCommand, historyCommand, readCommand } from "../commands/reading.ts";
import { syncCommand } from "../commands/sync.ts";
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
}): Commands {
  const { sql, epoch, catchUp, ingest, requests } = parts;
  const group = { sql, ingest, requests };
  return {
    [CMD.syncMsg]: syncCommand(sql, epoch, catchUp),
    [CMD.syncConversation]: conversationListCommand(sql),
    [CMD.conversationSync]: historyCommand(sql),
    [CMD.read]: readCommand(ingest, requests),
    [CMD.groupCreate]: groupCreateCommand(group),
    [CMD.groupJoin]: groupJoinCommand(group),
    [CMD.groupLeave]: groupLeaveCommand(group),
    [CMD.groupDismiss]: groupLeaveCommand(group),
    [CMD.groupUpdate]: groupUpdateCommand(group),
    [CMD.groupMute]: groupMuteCommand(group),
    [CMD.syncGroup]: groupSyncCommand(sql),
  };
}
