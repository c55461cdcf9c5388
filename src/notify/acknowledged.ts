/**
 * Up to which pts some device of a user has everything: what it has synced from (noted in Redis for
 * an hour) or confirmed by a receipt.
 */
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { acknowledgedKey } from "../redis/keys.ts";

/** User → pts; who has acknowledged nothing of late is absent. Rejects when Redis is away. */
export async function acknowledgedPts(
  { redis, sql }: { redis: RedisConnection; sql: Sql },
  userIds: readonly number[],
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  await Promise.all(
    userIds.map(async (userId) => {
      const text = await redis.command<Buffer | null>(["GET", acknowledgedKey(userId)]);
      if (text !== null) found.set(userId, Number(text.toString()));
    }),
  );
  await addReceipts(sql, userIds, found);
  return found;
}

/** The receipts of devices, where this database has them. */
async function addReceipts(
  sql: Sql,
  userIds: readonly number[],
  found: Map<number, number>,
): Promise<void> {
  const [table] = await sql<{ there: boolean }[]>`
    SELECT to_regclass('device_receipts') IS NOT NULL AS there`;
  if (table?.there !== true) return;
  const rows = await sql<{ user_id: number; pts: number }[]>`
    SELECT user_id, max(pts) AS pts FROM device_receipts
    WHERE user_id = ANY(${`{${userIds.join(",")}}`}::text::int8[]) GROUP BY user_id`;
  for (const { user_id: userId, pts } of rows) {
    found.set(userId, Math.max(found.get(userId) ?? -1, pts));
  }
}
