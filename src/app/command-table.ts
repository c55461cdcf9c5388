/** The commands that a connection can send beside messages, each with what it needs. */
import { groupCreateCommand, groupMembersCommand } from "../commands/group.ts";
import { pushTokenCommand } from "../commands/push-token.ts";
import { conversationListCommand, historyCommand, readCommand } from "../commands/reading.ts";
import { syncCommand } from "../commands/sync.ts";
import type { Acknowledged } from "../gateway/acknowledged.ts";
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
  acknowledged: Acknowledged;
  ingest: Ingest;
  requests: Requests;
}): Commands {
  const { sql, epoch, catchUp, acknowledged, ingest, requests } = parts;
  const members = groupMembersCommand({ sql, ingest, requests });
  return {
    [CMD.syncMsg]: syncCommand(sql, epoch, catchUp, acknowledged),
    [CMD.syncConversation]: conversationListCommand(sql),
    [CMD.conversationSync]: historyCommand(sql),
    [CMD.read]: readCommand(ingest, requests),
    [CMD.pushToken]: pushTokenCommand(sql),
    [CMD.groupCreate]: groupCreateCommand({ sql, ingest, requests }),
    [CMD.groupJoin]: members,
    [CMD.groupLeave]: members,
    [CMD.groupDismiss]: members,
  };
}
