// A database of the release before: who was named in its messages is counted as before.
import { afterAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { conversationPage } from "../../../src/inbox/conversation-list.ts";
import { openPool } from "../../../src/postgres/client.ts";
import { migrateDatabase } from "../../../src/postgres/migrate.ts";
import { freshDatabase } from "../../support/services.ts";

const MIGRATIONS = resolve(import.meta.dir, "..", "..", "..", "src", "postgres", "migrations");
/** The last migration of that release. */
const BEFORE = "0010_administration";

const folder = mkdtempSync(join(tmpdir(), "linnet-before-"));

afterAll(() => rmSync(folder, { recursive: true }));

async function migrateBefore(url: string): Promise<void> {
  cpSync(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(readFileSync(path, "utf8")) as { entries: { tag: string }[] };
  const entries = journal.entries.filter(({ tag }) => tag <= BEFORE);
  writeFileSync(path, JSON.stringify({ ...journal, entries }));
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await migrate(drizzle(sql), { migrationsFolder: folder });
  await sql.end();
}

test("mentions in logs of users become rows of mentions, those of all don't", async () => {
  const { url } = await freshDatabase(migrateBefore);
  const sql = openPool(url, "test", 1, 10_000);
  await sql`INSERT INTO users (external_id) VALUES ('ann'), ('ben')`;
  await sql`INSERT INTO conversations (type) VALUES (2)`;
  await sql`INSERT INTO members (conversation_id, user_id) VALUES (1, 1), (1, 2)`;
  await sql`
    INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, cmd, type, flags,
      device_id, local_id, content)
    SELECT 100 + n, 1, n, 1, n, 2, 1, CASE WHEN n = 2 THEN 1 ELSE 0 END, 'd', n::text, ''
    FROM generate_series(0, 2) AS n`;
  await sql`
    INSERT INTO inbox (user_id, pts, message_id, mentioned)
    VALUES (2, 1, 100, NULL), (2, 2, 101, true), (2, 3, 102, true)`;
  await migrateDatabase(url);
  expect([...(await sql`SELECT user_id, conversation_id, seq FROM mentions`)]).toEqual([
    { user_id: 2, conversation_id: 1, seq: 1 },
  ]);
  const { conversations } = await conversationPage(sql, 2, "", 10);
  expect(conversations).toMatchObject([{ unread: 3, unreadMentions: 2 }]);
  await sql.end();
}, 30_000);
