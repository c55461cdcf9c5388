// Step 7: each recipient's next pts. The rows go into the statement of store/batch.ts. Next, after
// the commit: delivery/router.ts.
import { assert } from "../base/assert.ts";
import { Recent } from "../base/recent.ts";
import { idArray, type Sql } from "../postgres/client.ts";

/** The newest pts of users, in the writer's memory; loaded at first touch, never a counter row. */
export class Positions {
  readonly #newest: Recent<number, number>;

  constructor(usersMax: number) {
    this.#newest = new Recent(usersMax);
  }

  has(userId: number): boolean {
    return this.#newest.get(userId) !== undefined;
  }

  /** The next pts of a user who has been loaded. */
  next(userId: number): number {
    const newest = this.#newest.get(userId);
    assert(newest !== undefined, "a recipient's position was loaded before");
    const pts = newest + 1;
    this.#newest.set(userId, pts);
    return pts;
  }

  forgetAll(): void {
    this.#newest.clear();
  }

  async load(sql: Sql, userIds: readonly number[]): Promise<void> {
    const newest = await newestPts(sql, userIds);
    for (const userId of userIds) this.#newest.set(userId, newest.get(userId) ?? 0);
  }
}

/** The newest pts of each user; those with an empty inbox are absent. */
export async function newestPts(
  sql: Sql,
  userIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await sql<{ user_id: number; pts: number }[]>`
    SELECT q.user_id, newest.pts FROM unnest(${idArray(userIds)}::text::int8[]) AS q(user_id)
    JOIN LATERAL (SELECT pts FROM inbox WHERE user_id = q.user_id ORDER BY pts DESC LIMIT 1) newest
      ON true`;
  return new Map(rows.map((row) => [row.user_id, row.pts]));
}

/** How far back the pts of a message that was known are looked for. */
const KNOWN_DEPTH = 2000;

/** The pts under which users have a message; for answering and pushing again what was known. */
export async function ptsOfMessage(
  sql: Sql,
  messageId: string,
  userIds: readonly number[],
): Promise<Map<number, { pts: number; mentioned: boolean }>> {
  const rows = await sql<{ user_id: number; pts: number; mentioned: boolean | null }[]>`
    SELECT q.user_id, found.pts, found.mentioned
    FROM unnest(${idArray(userIds)}::text::int8[]) AS q(user_id)
    JOIN LATERAL (
      SELECT pts, mentioned FROM (SELECT pts, mentioned, message_id FROM inbox
        WHERE user_id = q.user_id ORDER BY pts DESC LIMIT ${KNOWN_DEPTH}) late
      WHERE late.message_id = ${messageId}::text::int8) found ON true`;
  return new Map(
    rows.map((row) => [row.user_id, { pts: row.pts, mentioned: row.mentioned ?? false }]),
  );
}
