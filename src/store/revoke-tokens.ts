/** Notes that tokens of a user are good no longer, because he was kicked or is banned. */
import { TOKEN_SECONDS } from "../base/token.ts";
import type { Sql, Transaction } from "../postgres/client.ts";

export interface RevokedTokens {
  userId: number;
  device: string;
  untilMs: number;
  bannedUntilMs: number;
}

/** A row is of use as long as a token that it refuses could be. */
const KEPT_MS = (TOKEN_SECONDS + 24 * 3600) * 1000;

/**
 * `device` is "" for all. `bannedUntilMs`: ms since 1970, 0 when the user is not banned any more,
 * null where that stays as it is. Removes what concerns no token any more.
 */
export async function revokeTokens(
  sql: Sql | Transaction,
  userId: number,
  device: string,
  bannedUntilMs: number | null,
): Promise<RevokedTokens> {
  const [row] = await sql<{ until_ms: number; banned_until_ms: number }[]>`
    WITH instant AS (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS ms),
    forgotten AS (DELETE FROM revocations USING instant WHERE until_ms < ms - ${KEPT_MS}::int8
      AND (user_id, device) <> (${userId}, ${device}))
    INSERT INTO revocations AS r (user_id, device, until_ms, banned_until_ms)
    SELECT ${userId}, ${device}, ms, coalesce(${bannedUntilMs}::int8, 0) FROM instant
    ON CONFLICT (user_id, device) DO UPDATE SET
      until_ms = greatest(r.until_ms + 1, excluded.until_ms),
      banned_until_ms = coalesce(${bannedUntilMs}::int8, r.banned_until_ms)
    RETURNING until_ms, banned_until_ms`;
  return {
    userId,
    device,
    untilMs: row?.until_ms ?? 0,
    bannedUntilMs: row?.banned_until_ms ?? 0,
  };
}
