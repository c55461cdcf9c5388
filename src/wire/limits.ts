/** Bounds of the protocol: what a client may say at most, before any setting of the operator. */

export const LIMIT = {
  /** Bytes of UTF-8 in a user id, `localId`, `deviceId`. */
  idBytes: 64,
  localIdBytes: 128,
  /** Entries in any list of ids (`target`, `mentions.uids`, `memberIds`, `userIds`). */
  listIds: 500,
  itemsMax: 1000,
  /** Depth of nested objects in JSON and MessagePack. */
  depth: 32,
  pageEvents: 500,
  pageBytes: 256 * 1024,
  wideConversationsPerUser: 500,
  /** So many of the newest messages of a conversation are looked through for unread ones. */
  unreadSeqs: 5000,
  reactionBytes: 64,
  reactionsPerMessage: 20,
  reactionsPerUser: 5,
  pinsPerConversation: 50,
  versionsPerMessage: 100,
  forwardedMessages: 100,
  scheduledPerUser: 100,
  /** How far ahead a message may be scheduled. */
  scheduledDays: 366,
  /** Bytes of UTF-8 that come with a friend request, and of a remark. */
  friendMessageBytes: 1024,
  remarkBytes: 256,
  /** Settings of a user, and bytes of UTF-8 in a key and a value. */
  settingsPerUser: 100,
  settingKeyBytes: 64,
  settingValueBytes: 4096,
  /** Versions that a list of members may be behind and still be told only what changed. */
  memberVersions: 10_000,
  /** Conversations that one connection has joined at a time, where membership is a lease of it. */
  leasesPerConnection: 100,
  /** Of a call signal: bytes of UTF-8 in `sdp`, in `reason` and in one of the `candidates`. */
  sdpBytes: 64 * 1024,
  reasonBytes: 256,
  candidates: 64,
  candidateBytes: 2048,
} as const;
