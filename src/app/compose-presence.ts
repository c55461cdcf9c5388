/** Joins what is worth something now or never: who is online, typing, calls. */
import { type LocalGateway, Router } from "../delivery/router.ts";
import { Permission } from "../path/permission.ts";
import { insertMoves } from "../notify/outbox-rows.ts";
import { PresenceNews, type TellMoves } from "../path/presence-news.ts";
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
  const { values, webhookEvents } = shared.config;
  const tellMoves: TellMoves = (moves) => insertMoves(shared.sql, moves, webhookEvents);
  const told = values.LINNET_WEBHOOK_URL === "" ? {} : { tellMoves };
  const news = new PresenceNews({ ...shared, transients, ...told });
  const permission = new Permission({ ...shared, access });
  const membersMax = values.LINNET_SIGNAL_MEMBERS;
  const signals = new Signals({ ...shared, permission, transients, offlinePush, membersMax });
  return { news, signals };
}
