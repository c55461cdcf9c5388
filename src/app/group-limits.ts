/** The bounds of groups, as the settings say them. */
import type { GroupLimits } from "../path/change.ts";
import type { Config } from "./config.ts";

export function groupLimits(values: Config["values"]): GroupLimits {
  return {
    members: values.LINNET_GROUP_MEMBERS,
    millionGroupMembers: values.LINNET_MILLION_GROUP_MEMBERS,
    administrators: values.LINNET_GROUP_ADMINISTRATORS,
    madePerDay: values.LINNET_GROUPS_PER_DAY,
    owned: values.LINNET_GROUPS_OWNED,
    notices: values.LINNET_GROUP_NOTICES === 1,
  };
}
