/** MSG_RECEIPT (21): this device has everything up to a position. */
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import type { Receipts } from "../inbox/receipts.ts";
import { CODE } from "../wire/errors.ts";

/** Answered before it is written: the next receipt says the same and more. */
export function receiptCommand(receipts: Receipts): Command {
  return ({ sender, envelope }) => {
    const pts = envelope.content?.data?.["pts"];
    if (typeof pts !== "number") {
      return Promise.resolve(refusedWith(CODE.incomplete, "content.data.pts is required"));
    }
    const device = envelope.header?.deviceId || sender.device;
    const taken = receipts.add(sender.userId, device, pts);
    return Promise.resolve(answered(taken ? CODE.ok : CODE.unavailable));
  };
}
