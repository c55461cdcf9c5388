/** When users were last here: written for many at a time, when others are told that they left. */
import { idArray, type Sql } from "../postgres/client.ts";

/** User → ms since 1970. Sorted, so that two gateways don't wait for each other in a ring. */
export async function writeLastSeen(sql: Sql, seen: ReadonlyMap<number, number>): Promise<void> {
  const entries = [...seen].sort((a, b) => a[0] - b[0]);
  await sql`
    INSERT INTO last_seen AS l (user_id, at)
    SELECT user_id, to_timestamp(ms / 1000.0)
    FROM unnest(${idArray(entries.map(([userId]) => userId))}::text::int8[],
      ${idArray(entries.map(([, ms]) => ms))}::text::int8[]) AS q(user_id, ms)
    ON CONFLICT (user_id) DO UPDATE SET at = greatest(l.at, excluded.at)`;
}
