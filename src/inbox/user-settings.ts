/** The settings that a user's devices share. */
import type { Sql } from "../postgres/client.ts";

export interface UserSetting {
  key: string;
  value: string;
}

/** All of them; their number is bounded (wire/limits.ts). */
export async function userSettings(sql: Sql, userId: number): Promise<UserSetting[]> {
  return await sql<UserSetting[]>`
    SELECT key, value FROM user_settings WHERE user_id = ${userId} ORDER BY key`;
}
