/** Brings the tables up to date at start, one process at a time. */
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

const LOCK_CLASS = 76;
const LOCK_OBJECT = 2;

/** Rejects when Postgres is away. Two at a time would both try to make the same tables. */
export async function migrateDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    await sql`SELECT pg_advisory_lock(${LOCK_CLASS}, ${LOCK_OBJECT})`;
    const folder = fileURLToPath(new URL("./migrations", import.meta.url));
    await migrate(drizzle(sql), { migrationsFolder: folder });
  } finally {
    await sql.end({ timeout: 1 });
  }
}
