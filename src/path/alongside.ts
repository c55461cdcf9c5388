/**
 * What others have written in the transaction of messages and events: the outbox of hooks, and who
 * is owed an offline push. The path knows nothing of either.
 */
import type { Sql, Transaction } from "../postgres/client.ts";
import { type BatchRows, commitBatch } from "../store/batch.ts";

/** Undefined when there is nothing to write: then a batch stays one statement. */
export interface Alongside {
  of(rows: BatchRows): ((tx: Transaction) => Promise<unknown>) | undefined;
}

/** Stores a batch as `commitBatch` does, with what stands alongside in the same transaction. */
export async function commitAlongside(
  sql: Sql,
  writer: string,
  rows: BatchRows,
  alongside: Alongside | undefined,
): Promise<void> {
  const more = alongside?.of(rows);
  if (more === undefined) return await commitBatch(sql, writer, rows);
  await sql.begin(async (tx) => {
    await Promise.all([commitBatch(tx as unknown as Sql, writer, rows), more(tx)]);
  });
}
