/** The table of records that can't be stored: kept for the operator, no number was given. */
import type { Sql } from "../postgres/client.ts";

export async function setAside(
  sql: Sql,
  writer: string,
  entryId: string,
  record: Buffer,
  error: string,
): Promise<void> {
  await sql`
    INSERT INTO poison (entry_id, record, error)
    SELECT ${entryId}, ${record}, ${error} WHERE linnet_fence(${writer})`;
}
