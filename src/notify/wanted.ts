/** How users want to be notified, by the settings that their devices share. */
import { isQuiet, readQuietHours } from "../base/quiet-hours.ts";
import { idArray, type Sql } from "../postgres/client.ts";

export interface Wanted {
  /** Not now. */
  readonly quiet: boolean;
  /** Whether what is said may be shown. */
  readonly preview: boolean;
}

const ANYTHING: Wanted = { quiet: false, preview: true };

/** A look-up for these users, at one moment. */
export async function wantedBy(
  sql: Sql,
  userIds: readonly number[],
  wallMs: number,
): Promise<(userId: number) => Wanted> {
  const rows = await sql<{ user_id: number; key: string; value: string }[]>`
    SELECT user_id, key, value FROM user_settings
    WHERE user_id = ANY(${idArray(userIds)}::text::int8[])
      AND key IN ('doNotDisturb', 'pushPreview')`;
  const wanted = new Map<number, Wanted>();
  for (const { user_id: userId, key, value } of rows) {
    const before = wanted.get(userId) ?? ANYTHING;
    if (key === "pushPreview") wanted.set(userId, { ...before, preview: value !== "false" });
    else wanted.set(userId, { ...before, quiet: isQuietBy(value, wallMs) });
  }
  return (userId) => wanted.get(userId) ?? ANYTHING;
}

function isQuietBy(value: string, wallMs: number): boolean {
  const hours = readQuietHours(value);
  return hours !== undefined && isQuiet(hours, wallMs);
}
