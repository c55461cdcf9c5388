/** The changes that the writer applies, by command. */
import type { Appliers } from "../path/change.ts";
import { CMD } from "../wire/commands.ts";
import {
  applyGroupCreate,
  applyGroupDismiss,
  applyGroupJoin,
  applyGroupLeave,
} from "./apply-group.ts";
import { applyEdit } from "./apply-edit.ts";
import { applyPin } from "./apply-pin.ts";
import { applyReaction } from "./apply-reaction.ts";
import { applyReadAll, applyReadCancel } from "./apply-read.ts";
import { applyScheduled } from "./apply-scheduled.ts";
import { applyDelete, applyRecall } from "./apply-recall.ts";
import { applyFriendAdd, applyFriendBlock, applyFriendDelete } from "./apply-relation.ts";

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
  [CMD.friendAdd]: applyFriendAdd,
  [CMD.friendDelete]: applyFriendDelete,
  [CMD.friendBlock]: applyFriendBlock,
};
