/** What is made once per database, for all processes. */
import type { Sql } from "./client.ts";

export interface DatabaseSettings {
  /** Random id of the database: in the greeting and in every cursor. */
  epoch: string;
  /** Signs tokens where the configuration names no key. */
  tokenKey: string;
  /** Seed of the request keys, hexadecimal. */
  dedupeSeed: string;
}

export async function loadSettings(sql: Sql): Promise<DatabaseSettings> {
  const rows = await sql<{ name: string; value: string }[]>`SELECT name, value FROM settings`;
  const values = new Map(rows.map((row) => [row.name, row.value]));
  const value = (name: string): string => {
    const found = values.get(name);
    if (found === undefined) throw new Error(`the table settings has no ${name}`);
    return found;
  };
  return { epoch: value("epoch"), tokenKey: value("tokenKey"), dedupeSeed: value("dedupeSeed") };
}
