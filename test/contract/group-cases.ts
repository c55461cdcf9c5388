/** Golden vectors of groups: made, joined, changed, listed. */
import { CMD } from "../../src/wire/commands.ts";
import type { Data } from "../../src/wire/envelope.ts";
import type { Case } from "./cases.ts";

const AT = 1795212345678;

export const GROUP_REQUESTS: readonly Case[] = [
  request("group create", CMD.groupCreate, {
    name: "team",
    memberIds: ["a", "b"],
    conversationType: 2,
    joinMode: "invite",
  }),
  request("a custom conversation", CMD.groupCreate, {
    name: "desk",
    memberIds: ["a"],
    conversationType: 7,
    policy: {
      send: "administrators",
      persist: false,
      fanOut: "wide",
      webhook: { url: "https://hooks.example/ask", timeoutMs: 1500, failOpen: true },
    },
  }),
  request("group join, inviting", CMD.groupJoin, { userIds: ["c"] }),
  request("group join, asking to be let in", CMD.groupJoin, { message: "it is me" }),
  request("group join, a request refused", CMD.groupJoin, { requestId: "7", accept: false }),
  request("group roles and a new owner", CMD.groupUpdate, {
    roles: [{ userId: "c", role: 1 }, { userId: "d" }],
    owner: "e",
  }),
  request("members of a group since a version", CMD.syncGroup, {
    version: 0,
    cursor: "1.2.3",
    limit: 9,
  }),
  request("who asks to be let in", CMD.syncGroup, { limit: 9, requests: true }),
  request("group leave, kicking", CMD.groupLeave, { userIds: ["c", "d"] }),
  request("group dismiss", CMD.groupDismiss, {}),
  request("group update, one field emptied", CMD.groupUpdate, {
    name: "n",
    avatar: "",
    announcement: "a",
    joinMode: "free",
  }),
  request("group mute", CMD.groupMute, { userIds: ["c"], until: AT }),
  request("group unmute", CMD.groupMute, { userIds: ["c"], until: 0 }),
];

function request(name: string, cmd: number, data: Data): Case {
  const header = { localId: `r${cmd}` };
  return {
    name,
    envelope: { direction: 1, cmd, header, route: { conversationId: 5 }, content: { data } },
  };
}
