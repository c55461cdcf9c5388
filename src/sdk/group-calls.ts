/** Groups: made, changed, their members by version. */
import { CMD } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { numberOf, textOf } from "./data.ts";
import type { Id, Reply, Request } from "./requests.ts";

export interface GroupOptions {
  name: string;
  memberIds: string[];
  /** 2 GROUP (default), 3 CHATROOM, 4 CHANNEL, 5 MILLION_GROUP, 7 CUSTOM_CONVERSATION. */
  conversationType?: number;
  joinMode?: "free" | "approval" | "invite";
  /** Of a custom conversation. */
  policy?: {
    send?: "members" | "administrators" | "owner" | "anyone";
    persist?: boolean;
    fanOut?: "inbox" | "wide";
  };
}

/** What is absent stays. */
export interface GroupChanges {
  name?: string;
  avatar?: string;
  announcement?: string;
  joinMode?: "free" | "approval" | "invite";
  /** 1 makes an administrator, 0 a member; by the owner alone. */
  roles?: { userId: string; role: 0 | 1 }[];
  /** The member who owns the group from now on. */
  owner?: string;
}

export interface Group {
  name: string;
  avatar: string;
  announcement: string;
  joinMode: string;
  owner: string;
  memberCount: number;
  /** ms since 1970; 0 is not muted. */
  mutedUntil: number;
  dissolved: boolean;
}

export interface GroupMember {
  userId: string;
  nickname: string;
  avatar: string;
  /** 0 member, 1 administrator, 2 owner. */
  role: number;
  mutedUntil: number;
  joinedAt: number;
}

export interface MembersPage {
  group: Group;
  members: GroupMember[];
  removed: string[];
  version: number;
  cursor: string;
  final: boolean;
  /** Forget the members that you hold: the whole list follows. */
  reset: boolean;
}

export interface GroupRequest {
  requestId: string;
  userId: string;
  nickname: string;
  avatar: string;
  message: string;
  createdAt: number;
}

export function groupCalls(request: Request) {
  return {
    async create(options: GroupOptions) {
      const answer = await request(CMD.groupCreate, { data: { conversationType: 2, ...options } });
      return withData(answer, { conversationId: numberOf(answer.data, "conversationId", 0) });
    },

    /**
     * Without `userIds` the caller joins; with `joinMode` approval he asks to be let in, and the
     * answer's `requestId` is that of his request, "" for who is in.
     */
    async join(conversationId: Id, userIds?: string[], message = "") {
      const said = message === "" ? {} : { message };
      const data = { ...membersOf(userIds), ...said };
      const answer = await request(CMD.groupJoin, { conversationId, data });
      return withData(answer, { requestId: textOf(answer.data, "requestId") });
    },

    /** Without `userIds` the caller leaves. */
    leave: (conversationId: Id, userIds?: string[]) =>
      request(CMD.groupLeave, { conversationId, data: membersOf(userIds) }),

    dismiss: (conversationId: Id) => request(CMD.groupDismiss, { conversationId, data: {} }),

    update: (conversationId: Id, changes: GroupChanges) =>
      request(CMD.groupUpdate, { conversationId, data: { ...changes } }),

    /** `until` in ms since 1970, 0 ends it; without `userIds` everyone. */
    mute: (conversationId: Id, until: number, userIds?: string[]) =>
      request(CMD.groupMute, { conversationId, data: { ...membersOf(userIds), until } }),

    /** One page; go on with the page's `cursor` and the same `version` until it is `final`. */
    async members(
      conversationId: Id,
      options: { version?: number; cursor?: string; limit?: number } = {},
    ) {
      const answer = await request(CMD.syncGroup, { conversationId, data: { ...options } });
      return withData(answer, readMembers(answer.data));
    },

    /** Who asks to be let in, for the owner and administrators; pages as of `members`. */
    async requests(conversationId: Id, options: { cursor?: string; limit?: number } = {}) {
      const data = { ...options, requests: true };
      const answer = await request(CMD.syncGroup, { conversationId, data });
      const requests = entries(answer.data["requests"]).map(readRequest);
      const final = answer.data["final"] === true;
      return withData(answer, { requests, cursor: textOf(answer.data, "cursor"), final });
    },

    /** Decides on a request. */
    answer: (conversationId: Id, requestId: string, accept: boolean) =>
      request(CMD.groupJoin, { conversationId, data: { requestId, accept } }),
  };
}

function readMembers(data: Data): MembersPage {
  return {
    group: readGroup((data["group"] ?? {}) as Data),
    members: entries(data["members"]).map(readMember),
    removed: (data["removed"] ?? []) as string[],
    version: numberOf(data, "version", 0),
    cursor: textOf(data, "cursor"),
    final: data["final"] === true,
    reset: data["reset"] === true,
  };
}

function readGroup(data: Data): Group {
  return {
    name: textOf(data, "name"),
    avatar: textOf(data, "avatar"),
    announcement: textOf(data, "announcement"),
    joinMode: textOf(data, "joinMode"),
    owner: textOf(data, "owner"),
    memberCount: numberOf(data, "memberCount", 0),
    mutedUntil: numberOf(data, "mutedUntil", 0),
    dissolved: data["dissolved"] === true,
  };
}

function readMember(data: Data): GroupMember {
  return {
    userId: textOf(data, "userId"),
    nickname: textOf(data, "nickname"),
    avatar: textOf(data, "avatar"),
    role: numberOf(data, "role", 0),
    mutedUntil: numberOf(data, "mutedUntil", 0),
    joinedAt: numberOf(data, "joinedAt", 0),
  };
}

function readRequest(data: Data): GroupRequest {
  return {
    requestId: textOf(data, "requestId"),
    userId: textOf(data, "userId"),
    nickname: textOf(data, "nickname"),
    avatar: textOf(data, "avatar"),
    message: textOf(data, "message"),
    createdAt: numberOf(data, "createdAt", 0),
  };
}

function entries(value: unknown): Data[] {
  return Array.isArray(value) ? (value as Data[]) : [];
}

function withData<Value>(answer: Reply, data: Value): Reply<Value> {
  return { ...answer, data };
}

function membersOf(userIds: string[] | undefined): Data {
  return userIds === undefined ? {} : { userIds };
}
