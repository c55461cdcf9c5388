/** Joins what is worth something now or never: who is online, typing, calls. */
import { type LocalGateway, Router } from "../delivery/router.ts";
import { Permission } from "../path/permission.ts";
import { PresenceNews } from "../path/presence-news.ts";
import { type OfflinePush, Signals } from "../path/signals.ts";
import { Transients } from "../path/transients.ts";
import type { Sending } from "./compose-sending.ts";
import type { Shared } from "./shared.ts";

export type Presence = ReturnType<typeof composePresence>;

export function composePresence(
  shared: Shared,
  { access }: Sending,
  local: LocalGateway,
  offlinePush: OfflinePush,
) {
  const transients = new Transients(new Router(shared.redis, local, shared.clock));
  const news = new PresenceNews({ ...shared, transients });
  const permission = new Permission({ ...shared, access });
  const membersMax = shared.config.values.LINNET_SIGNAL_MEMBERS;
  const signals = new Signals({ ...shared, permission, transients, offlinePush, membersMax });
  return { news, signals };
}
