/** The changes that the writer applies, by command. */
import type { Appliers } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import {
  applyConversationCreate,
  applyConversationDelete,
  applyConversationUpdate,
} from "./apply-conversation.ts";
import { applyEdit } from "./apply-edit.ts";
import { friendAddApplier, type RelationLimits } from "./apply-friend-request.ts";
import { applyGroupCreate, applyGroupDismiss } from "./apply-group.ts";
import { applyGroupJoin, applyGroupLeave } from "./apply-group-members.ts";
import { applyGroupMute } from "./apply-group-mute.ts";
import { applyGroupUpdate } from "./apply-group-update.ts";
import { applyPin } from "./apply-pin.ts";
import { applyReaction } from "./apply-reaction.ts";
import { applyReadAll, applyReadCancel } from "./apply-read.ts";
import { applyDelete, applyRecall } from "./apply-recall.ts";
import { applyBlock, applyFriendDelete, applyFriendUpdate } from "./apply-relation.ts";
import { applyScheduled } from "./apply-scheduled.ts";
import { applyUserMute, applyUserSetting } from "./apply-user.ts";

export const APPLIERS: Appliers = {
  [CMD.recall]: applyRecall,
  [CMD.delete]: applyDelete,
  [CMD.edit]: applyEdit,
  [CMD.reaction]: applyReaction,
  [CMD.pin]: applyPin,
  [CMD.scheduled]: applyScheduled,
  [CMD.readAll]: applyReadAll,
  [CMD.readCancel]: applyReadCancel,
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
