/** The changes that the writer applies, by command. */
import type { Appliers } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import { applyGroupCreate, applyGroupDismiss } from "./apply-group.ts";
import { applyGroupJoin, applyGroupLeave } from "./apply-group-members.ts";
import { applyGroupMute } from "./apply-group-mute.ts";
import { applyGroupUpdate } from "./apply-group-update.ts";
import { applyFriendAdd, applyFriendBlock, applyFriendDelete } from "./apply-relation.ts";

export const APPLIERS: Appliers = {
  [CMD.groupCreate]: applyGroupCreate,
  [CMD.groupJoin]: applyGroupJoin,
  [CMD.groupLeave]: applyGroupLeave,
  [CMD.groupDismiss]: applyGroupDismiss,
  [CMD.groupUpdate]: applyGroupUpdate,
  [CMD.groupMute]: applyGroupMute,
  [CMD.friendAdd]: applyFriendAdd,
  [CMD.friendDelete]: applyFriendDelete,
  [CMD.friendBlock]: applyFriendBlock,
};
