/** The commands that a connection can send beside messages, each with what it needs. */
import { attendanceCommand } from "../commands/attendance.ts";
import { pushTokenCommand } from "../commands/push-token.ts";
import {
  conversationCreateCommand,
  conversationDeleteCommand,
  conversationUpdateCommand,
} from "../commands/conversation.ts";
import {
  groupCreateCommand,
  groupJoinCommand,
  groupLeaveCommand,
  groupMuteCommand,
  groupUpdateCommand,
} from "../commands/group.ts";
import { groupSyncCommand } from "../commands/group-sync.ts";
import { messageChangeCommand } from "../commands/message-operations.ts";
import { editListCommand, pinListCommand, readerListCommand } from "../commands/message-reading.ts";
import { preparedSendCommand, scheduledCommand } from "../commands/prepared-send.ts";
import { conversationListCommand, historyCommand } from "../commands/reading.ts";
import { receiptCommand } from "../commands/receipts.ts";
import {
  blockCommand,
  friendAddCommand,
  friendCommand,
  friendListCommand,
} from "../commands/relation.ts";
import { allOnlineCommand, markChatCommand } from "../commands/exampleim.ts";
import { syncCommand } from "../commands/sync.ts";
import type { Acknowledged } from "../gateway/acknowledged.ts";
import { userMuteCommand, userSettingCommand } from "../commands/user.ts";
import { backgroundCommand, onlineCommand } from "../commands/presence.ts";
import { callCommand, typingCommand } from "../commands/signals.ts";
import type { Attendance } from "../gateway/attendance.ts";
import type { Clock } from "../base/clock.ts";
import type { CatchUp } from "../gateway/catch-up.ts";
import type { Commands } from "../gateway/command.ts";
import type { Sessions } from "../gateway/sessions.ts";
import type { Watches } from "../gateway/watches.ts";
import type { EditChecks } from "../path/edit-checks.ts";
import type { Ingest } from "../path/ingest.ts";
import type { PresenceNews } from "../path/presence-news.ts";
import type { Requests } from "../path/requests.ts";
import type { Receipts } from "../inbox/receipts.ts";
import { type ContentLimits, MESSAGE_CHANGES } from "../path/message-change.ts";
import type { Signals } from "../path/signals.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { CMD } from "../wire/commands.ts";
import { isSendable } from "../wire/policy.ts";

export function commandTable(parts: {
  sql: Sql;
  epoch: string;
  catchUp: CatchUp;
  acknowledged: Acknowledged;
  ingest: Ingest;
  requests: Requests;
  editChecks: EditChecks;
  attendance: Attendance;
  contentLimits: ContentLimits;
  receipts: Receipts;
  redis: RedisConnection;
  clock: Clock;
  gatewayId: string;
  sessions: Sessions;
  watches: Watches;
  news: PresenceNews;
  signals: Signals;
}): Commands {
  const { sql, epoch, catchUp, acknowledged, ingest, requests, attendance } = parts;
  const asking = { sql, ingest, requests };
  const sendable = Object.values(CMD).filter(isSendable);
  const preparedSend = preparedSendCommand(parts);
  const changeMessages = messageChangeCommand(parts);
  return {
    ...Object.fromEntries(MESSAGE_CHANGES.map((cmd) => [cmd, changeMessages])),
    [CMD.read]: markChatCommand(sql, changeMessages),
    ...Object.fromEntries(sendable.map((cmd) => [cmd, preparedSend])),
    [CMD.scheduled]: scheduledCommand(parts),
    [CMD.receipt]: receiptCommand(parts.receipts),
    [CMD.pinList]: pinListCommand(parts),
    [CMD.editList]: editListCommand(parts),
    [CMD.readerList]: readerListCommand(parts),
    [CMD.syncMsg]: syncCommand(sql, epoch, catchUp, acknowledged),
    [CMD.syncConversation]: conversationListCommand(sql),
    [CMD.conversationSync]: historyCommand(sql, catchUp),
    [CMD.pushToken]: pushTokenCommand(sql),
    [CMD.conversationCreate]: conversationCreateCommand(asking),
    [CMD.conversationDelete]: conversationDeleteCommand(asking),
    [CMD.conversationUpdate]: conversationUpdateCommand(asking),
    [CMD.userMute]: userMuteCommand(),
    [CMD.userBlock]: blockCommand(asking),
    [CMD.userSetting]: userSettingCommand(asking),
    [CMD.friendAdd]: friendAddCommand(asking),
    [CMD.friendDelete]: friendCommand(asking),
    [CMD.friendUpdate]: friendCommand(asking),
    [CMD.friendBlock]: blockCommand(asking),
    [CMD.syncFriend]: friendListCommand(sql),
    [CMD.groupCreate]: groupCreateCommand(asking),
    [CMD.groupJoin]: attendanceCommand(sql, attendance, groupJoinCommand(asking)),
    [CMD.groupLeave]: attendanceCommand(sql, attendance, groupLeaveCommand(asking)),
    [CMD.groupDismiss]: groupLeaveCommand(asking),
    [CMD.groupUpdate]: groupUpdateCommand(asking),
    [CMD.groupMute]: groupMuteCommand(asking),
    [CMD.syncGroup]: groupSyncCommand(sql),
    [CMD.userOnline]: allOnlineCommand(parts.sessions, onlineCommand(parts)),
    [CMD.userOffline]: backgroundCommand(parts),
    ...signalCommands(parts),
  };
}

function signalCommands(parts: { sessions: Sessions; signals: Signals }): Commands {
  const typing = typingCommand(parts);
  const call = callCommand(parts);
  return {
    [CMD.typingStatus]: typing,
    [CMD.typingCancel]: typing,
    [CMD.webrtcInvite]: call,
    [CMD.webrtcAnswer]: call,
    [CMD.webrtcCandidate]: call,
    [CMD.webrtcStatus]: call,
    [CMD.webrtcSwitch]: call,
    [CMD.webrtcQuality]: call,
    [CMD.screenShareStart]: call,
    [CMD.screenShareStop]: call,
    [CMD.screenShareQuality]: call,
  };
}
