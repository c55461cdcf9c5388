/** Step 9, its beginning: gives each delivery record to the part of the gateway that it is for. */
import type { ReceiverHandler } from "../delivery/receiver.ts";
import { type DeliveryItem, ITEM } from "../delivery/record.ts";
import type { Access } from "../filter/access.ts";
import { CLOSE } from "../wire/errors.ts";
import type { Audit } from "./audit.ts";
import type { Kicks } from "./kicks.ts";
import type { Outbound } from "./outbound.ts";
import type { Sessions } from "./sessions.ts";
import type { TransientPush } from "./transient-push.ts";
import type { WideLogs } from "./wide-logs.ts";

interface DeliverParts {
  sessions: Sessions;
  wideLogs: WideLogs;
  outbound: Outbound;
  access: Access;
  audit: Audit;
  kicks: Kicks;
  transientPush: TransientPush;
}

/** What the receiver calls; next: gateway/outbound.ts for events and answers. */
export function deliveryHandler(parts: DeliverParts): ReceiverHandler {
  return {
    begin: () => parts.outbound.gather(),
    end: () => parts.outbound.flush(),
    deliver: (item) => deliver(parts, item),
    lost: (why) => parts.audit.urgent(why),
  };
}

function deliver(parts: DeliverParts, item: DeliveryItem): void {
  const { sessions, wideLogs, outbound, access, audit } = parts;
  switch (item.kind) {
    case ITEM.event:
      return outbound.event(item);
    case ITEM.answer:
      return outbound.answer(item);
    case ITEM.invalidate:
      return access.grants.invalidate(item.first);
    case ITEM.invalidateUser:
      return access.grants.invalidateUser(item.userId);
    case ITEM.follow:
      return eachSlot(sessions, item.userIds, (slot) =>
        wideLogs.follow(sessions, slot, item.conversationId, item.conversationPts),
      );
    case ITEM.unfollow:
      return eachSlot(sessions, item.userIds, (slot) =>
        wideLogs.unfollow(sessions, slot, item.conversationId),
      );
    case ITEM.close:
      return close(sessions, item.userId, item.generation, item.code);
    case ITEM.check:
      return audit.urgent("a change was applied before a takeover");
    case ITEM.revoke:
      return parts.kicks.apply(item);
    case ITEM.transient:
      return parts.transientPush.push(item);
  }
}

function eachSlot(
  sessions: Sessions,
  userIds: readonly number[],
  run: (slot: number) => void,
): void {
  for (const userId of userIds) {
    for (const slot of sessions.ofUser(userId)) run(slot);
  }
}

/** Closes the connection of a generation, if it is here. */
function close(sessions: Sessions, userId: number, generation: number, code: number): void {
  const slot = sessions.find(userId, generation);
  const reason = code === CLOSE.replaced ? "replaced by a newer connection" : "";
  if (slot >= 0) sessions.socket(slot)?.close(code, reason);
}
