/** The command table: codes, names, and the named routes of older clients. */

export const CMD = {
  heartbeat: 0,
  singleChat: 1,
  groupChat: 2,
  chatroomChat: 3,
  broadcast: 4,
  customChat: 5,
  strangerChat: 6,
  recall: 11,
  delete: 12,
  edit: 13,
  reaction: 14,
  pin: 15,
  pinList: 16,
  editList: 17,
  scheduled: 18,
  receipt: 21,
  read: 22,
  readAll: 23,
  readCancel: 24,
  readerList: 25,
  conversationCreate: 31,
  conversationDelete: 32,
  conversationUpdate: 33,
  conversationSync: 34,
  groupCreate: 41,
  groupJoin: 42,
  groupLeave: 43,
  groupDismiss: 44,
  groupUpdate: 45,
  groupMute: 46,
  userMute: 51,
  userBlock: 52,
  userOnline: 53,
  userOffline: 54,
  userSetting: 55,
  pushToken: 56,
  friendAdd: 61,
  friendDelete: 62,
  friendUpdate: 63,
  friendBlock: 64,
  syncMsg: 71,
  syncConversation: 72,
  syncGroup: 73,
  syncFriend: 74,
  typingStatus: 81,
  typingCancel: 82,
  sysNotify: 91,
  customNotify: 92,
  notify: 93,
  error: 99,
  webrtcInvite: 101,
  webrtcAnswer: 102,
  webrtcCandidate: 103,
  webrtcStatus: 104,
  webrtcSwitch: 105,
  webrtcQuality: 106,
  screenShareStart: 111,
  screenShareStop: 112,
  screenShareQuality: 113,
} as const;

/** Conversation types, by the codes of `route.conversationType`. */
export const CONVERSATION = {
  single: 1,
  group: 2,
  chatroom: 3,
  channel: 4,
  millionGroup: 5,
  system: 6,
  custom: 7,
  stranger: 8,
} as const;

/** Route names that JSON and MessagePack accept in place of a code; `conversation.chat` goes by the
 * route's conversation type and is not in this table. */
export const ROUTE_COMMAND: Readonly<Record<string, number>> = {
  "user.online": CMD.userOnline,
  "conversation.markChat": CMD.read,
  push: CMD.notify,
};

export const CHAT_ROUTE = "conversation.chat";

/** Whether a command carries a message that takes a seq when it is stored. */
export function isChat(cmd: number): boolean {
  return (cmd >= CMD.singleChat && cmd <= CMD.strangerChat) || (cmd >= 91 && cmd <= 93);
}

/** Whether a command is worth something now or never: presence, typing, calls. */
export function isSignal(cmd: number): boolean {
  if (cmd < CMD.userOnline || cmd > CMD.screenShareQuality) return false;
  if (cmd >= CMD.webrtcInvite) return cmd <= CMD.webrtcQuality || cmd >= CMD.screenShareStart;
  return cmd <= CMD.userOffline || cmd === CMD.typingStatus || cmd === CMD.typingCancel;
}
