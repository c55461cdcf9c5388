/** Step 8, its end: hands a record to a gateway's delivery stream. Next: delivery/receiver.ts. */
import type { RedisConnection } from "../redis/client.ts";
import { deliveryBytesKey, deliveryCountKey, deliveryKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

/** Records in a delivery stream at most; beyond, the gateway sees a hole and its audit heals it. */
export const DELIVERY_RECORDS_MAX = 4096;
/** Bytes in it at most; what was read goes with each renewal of the lease, about every second. */
export const DELIVERY_BYTES_MAX = 64 << 20;

/** False when that gateway's lease is over. */
export async function deliver(
  redis: RedisConnection,
  gatewayId: string,
  record: Buffer,
): Promise<boolean> {
  const number = await redis.script<number>(
    SCRIPT.deliver,
    [deliveryKey(gatewayId), deliveryCountKey(gatewayId), deliveryBytesKey(gatewayId)],
    [record, String(DELIVERY_RECORDS_MAX), String(DELIVERY_BYTES_MAX)],
  );
  return number > 0;
}
