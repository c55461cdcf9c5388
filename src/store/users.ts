/** Users by the host application's own ids, for commands and HTTP. */
import { idArray, type Sql } from "../postgres/client.ts";

/** Inner ids in the order of the names; the first name that is nobody's instead. */
export async function userIdsOf(
  sql: Sql,
  externalIds: readonly string[],
): Promise<{ ids: number[] } | { unknown: string }> {
  if (externalIds.length === 0) return { ids: [] };
  const rows = await sql<{ id: number; external_id: string }[]>`
    SELECT id, external_id FROM users
    WHERE external_id = ANY(${sql.array([...externalIds], 25)}::text[])`;
  const byName = new Map(rows.map((row) => [row.external_id, row.id]));
  const ids: number[] = [];
  for (const name of externalIds) {
    const id = byName.get(name);
    if (id === undefined) return { unknown: name };
    ids.push(id);
  }
  return { ids };
}

/** The host application's ids of users by their inner ones. */
export async function namesOf(sql: Sql, userIds: readonly number[]): Promise<Map<number, string>> {
  const rows = await sql<{ id: number; name: string }[]>`
    SELECT id, external_id AS name FROM users WHERE id = ANY(${idArray(userIds)}::text::int8[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
