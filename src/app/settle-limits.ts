/** The bounds of what the writer settles, as the settings say them. */
import type { SettleLimits } from "../path/settle.ts";
import type { Config } from "./config.ts";
import { groupLimits } from "./group-limits.ts";

export function settleLimits(values: Config["values"]): SettleLimits {
  return {
    batchRowsMax: values.LINNET_BATCH_ROWS,
    batchBytesMax: values.LINNET_BATCH_BYTES,
    fanOutMembers: values.LINNET_FAN_OUT_MEMBERS,
    rules: {
      recallSeconds: values.LINNET_RECALL_SECONDS,
      editSeconds: values.LINNET_EDIT_SECONDS,
    },
    groups: groupLimits(values),
  };
}
