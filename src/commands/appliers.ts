/** The changes that the writer applies, by command. */
import type { Appliers } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import {
  applyConversationCreate,
  applyConversationDelete,
  applyConversationUpdate,
} from "./apply-conversation.ts";
import { friendAddApplier, type RelationLimits } from "./apply-friend-request.ts";
import { applyBlock, applyFriendDelete, applyFriendUpdate } from "./apply-relation.ts";
import { applyUserMute, applyUserSetting } from "./apply-user.ts";
import { applyGroupCreate, applyGroupDismiss } from "./apply-group.ts";
import { applyGroupJoin, applyGroupLeave } from "./apply-group-members.ts";
import { applyGroupMute } from "./apply-group-mute.ts";
import { applyGroupUpdate } from "./apply-group-update.ts";

export const APPLIERS: Appliers = {
  [CMD.groupCreate]: applyGroupCreate,
  [CMD.groupJoin]: applyGroupJoin,
  [CMD.groupLeave]: applyGroupLeave,
  [CMD.groupDismiss]: applyGroupDismiss,
  [CMD.groupUpdate]: applyGroupUpdate,
  [CMD.groupMute]: applyGroupMute,
  [CMD.friendDelete]: applyFriendDelete,
  [CMD.friendUpdate]: applyFriendUpdate,
  [CMD.friendBlock]: applyBlock,
  [CMD.userBlock]: applyBlock,
  [CMD.userMute]: applyUserMute,
  [CMD.userSetting]: applyUserSetting,
  [CMD.conversationCreate]: applyConversationCreate,
  [CMD.conversationDelete]: applyConversationDelete,
  [CMD.conversationUpdate]: applyConversationUpdate,
};

/** Those that the operator's settings bound. */
export function boundedAppliers(limits: RelationLimits): Appliers {
  return { [CMD.friendAdd]: friendAddApplier(limits) };
}
