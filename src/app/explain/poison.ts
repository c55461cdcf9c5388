/** Finds a sender's record among those that Postgres refused: the newest thousand are read. */
import { GrowingBuffer } from "../../base/growing-buffer.ts";
import type { Sql } from "../../postgres/client.ts";
import { readEntry, type StreamRecord, writeEntryHeader } from "../../transfer/record.ts";

export interface Poisoned {
  at: string;
  error: string;
  cmd: number;
}

const ROWS_MAX = 1000;

export async function findPoison(sql: Sql, senderId: number, localId: string): Promise<Poisoned[]> {
  const rows = await sql<{ record: Buffer; error: string; at: Date }[]>`
    SELECT record, error, created_at AS at FROM poison ORDER BY id DESC LIMIT ${ROWS_MAX}`;
  const header = new GrowingBuffer();
  writeEntryHeader(header, "");
  const found: Poisoned[] = [];
  for (const { record, error, at } of rows) {
    const read = recordOf(Buffer.concat([header.view(), record]));
    if (read?.senderId !== senderId || read.localId !== localId) continue;
    found.push({ at: at.toISOString(), error, cmd: read.cmd });
  }
  return found;
}

/** Undefined for what no longer can be read, or is a whole entry that never could. */
function recordOf(entry: Buffer): StreamRecord | undefined {
  try {
    return readEntry(entry, [0])[0];
  } catch {
    return undefined;
  }
}
