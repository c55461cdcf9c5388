/** What each gateway tells of itself, for administrators. */
import type { RedisConnection } from "../redis/client.ts";
import { gatewayStateKey } from "../redis/keys.ts";
import { livingGateways } from "./presence.ts";

export interface GatewayState {
  gatewayId: string;
  version: string;
  connections: number;
  startedAt: number;
}

/** Told every few seconds, kept a little longer. */
const KEPT_MS = 30_000;

/** Rejects when Redis is away. */
export async function tellGatewayState(redis: RedisConnection, state: GatewayState): Promise<void> {
  const key = gatewayStateKey(state.gatewayId);
  await redis.command(["SET", key, JSON.stringify(state), "PX", String(KEPT_MS)]);
}

/** Of all that live; one that has told nothing yet has no connections. */
export async function gatewayStates(redis: RedisConnection): Promise<GatewayState[]> {
  const ids = await livingGateways(redis);
  return await Promise.all(
    ids.map(async (gatewayId) => {
      const text = await redis.command<Buffer | null>(["GET", gatewayStateKey(gatewayId)]);
      if (text !== null) return JSON.parse(text.toString()) as GatewayState;
      return { gatewayId, version: "", connections: 0, startedAt: 0 };
    }),
  );
}
