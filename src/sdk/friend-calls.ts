/** Friends, friend requests and blocks, by name. */
import { CMD } from "../wire/commands.ts";
import { numberOf, textOf } from "./data.ts";
import { type Request, withData } from "./requests.ts";

/** What another user is to this one. */
export interface Friend {
  userId: string;
  nickname: string;
  avatar: string;
  friend: boolean;
  blocked: boolean;
  remark: string;
  /** Neither friend nor blocked any more. */
  deleted: boolean;
  version: number;
}

export interface FriendRequest {
  requestId: string;
  /** The other: who asked, or who was asked. */
  userId: string;
  message: string;
  incoming: boolean;
  createdAt: number;
  expiresAt: number;
}

export function friendCalls(request: Request) {
  return {
    /** Asks; where the other has asked too, the two are friends by it. */
    async add(userId: string, message = "") {
      const answer = await request(CMD.friendAdd, { data: { userId, message } });
      return withData(answer, { requestId: textOf(answer.data, "requestId") });
    },

    answer: (requestId: string, accept: boolean) =>
      request(CMD.friendAdd, { data: { requestId, accept } }),

    delete: (userId: string) => request(CMD.friendDelete, { data: { userId } }),

    update: (userId: string, remark: string) =>
      request(CMD.friendUpdate, { data: { userId, remark } }),

    block: (userId: string, blocked = true) =>
      request(CMD.friendBlock, { data: { userId, blocked } }),

    /** A page of what has changed after `version`; go on from the page's until it is `final`. */
    async sync(version = 0, limit?: number) {
      const data = limit === undefined ? { version } : { version, limit };
      const answer = await request(CMD.syncFriend, { data });
      const given = (answer.data["friends"] ?? []) as Partial<Friend>[];
      return withData(answer, {
        friends: given.map((entry) => ({ ...NOBODY, ...entry })),
        version: numberOf(answer.data, "version", version),
        final: answer.data["final"] === true,
        reset: answer.data["reset"] === true,
      });
    },

    /** A page of the open requests, from this user and to him. */
    async requests(options: { cursor?: string; limit?: number } = {}) {
      const answer = await request(CMD.syncFriend, { data: { requests: true, ...options } });
      const given = (answer.data["requests"] ?? []) as Partial<FriendRequest>[];
      return withData(answer, {
        requests: given.map((entry) => ({ ...NO_REQUEST, ...entry })),
        cursor: textOf(answer.data, "cursor"),
        final: answer.data["final"] === true,
      });
    },
  };
}

const NOBODY: Friend = {
  userId: "",
  nickname: "",
  avatar: "",
  friend: false,
  blocked: false,
  remark: "",
  deleted: false,
  version: 0,
};

const NO_REQUEST: FriendRequest = {
  requestId: "",
  userId: "",
  message: "",
  incoming: false,
  createdAt: 0,
  expiresAt: 0,
};
