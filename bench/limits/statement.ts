// The batch statements of the limits, with parameters as arrays in text, the fastest way that the
// client has, and the tables that they write.
import postgres from "postgres";

export type Sql = postgres.Sql;

export interface Message {
  /** Numbers of users; the recipients of a group are given apart. */
  readonly sender: number;
  readonly recipient: number;
  readonly body: string;
}

export const BATCH_MOST = 1000;

export async function openLimitTables(url: string): Promise<Sql> {
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connection: { synchronous_commit: "on" },
    onnotice: () => {},
  });
  await sql`
    CREATE TABLE IF NOT EXISTS limit_counters (user_id int8 PRIMARY KEY, pts int8 NOT NULL)`;
  await sql`
    CREATE TABLE IF NOT EXISTS limit_messages (
      id int8 PRIMARY KEY, sender_id int8 NOT NULL, recipient_id int8 NOT NULL,
      body bytea NOT NULL)`;
  await sql`
    CREATE TABLE IF NOT EXISTS limit_inbox (
      user_id int8, pts int8, message_id int8 NOT NULL, PRIMARY KEY (user_id, pts))`;
  await sql`
    CREATE TABLE IF NOT EXISTS limit_floor_messages (
      id int8 PRIMARY KEY, conversation_id int8 NOT NULL, seq int8 NOT NULL,
      sender_id int8 NOT NULL, dedupe_key int8 NOT NULL, body bytea NOT NULL)`;
  await sql`
    CREATE TABLE IF NOT EXISTS limit_floor_inbox (
      user_id int8, pts int8, message_id int8 NOT NULL, PRIMARY KEY (user_id, pts))`;
  await sql`
    CREATE UNIQUE INDEX IF NOT EXISTS limit_floor_dedupe
    ON limit_floor_messages (conversation_id, dedupe_key)`;
  return sql;
}

export async function fillCounters(sql: Sql, users: number): Promise<void> {
  await sql`
    INSERT INTO limit_counters SELECT n, 0 FROM generate_series(0, ${users - 1}::int) AS n
    ON CONFLICT DO NOTHING`;
}

/** The newest id, so that a run goes on where the one before ended. */
export async function newestId(sql: Sql, table: string): Promise<number> {
  const [row] = await sql<{ id: string | null }[]>`SELECT max(id) AS id FROM ${sql(table)}`;
  return Number(row?.id ?? 0);
}

/**
 * "Inbox": the message, two per-user counters, two inbox rows. Answers what each counter was
 * before, from which the caller knows every message's pts.
 */
export function insertWithCounters(
  sql: Sql,
  firstId: number,
  batch: readonly Message[],
): Promise<readonly { user_id: string; before: string }[]> {
  const c = columns(batch);
  return sql<{ user_id: string; before: string }[]>`
    WITH input AS (
      SELECT ${firstId}::int8 + n - 1 AS id, n, sender_id, recipient_id, body
      FROM unnest(${c.senders}::text::int8[], ${c.recipients}::text::int8[],
        ${c.bodies}::text::bytea[]) WITH ORDINALITY AS t(sender_id, recipient_id, body, n)
    ), entry AS (
      SELECT user_id, id, row_number() OVER (PARTITION BY user_id ORDER BY n) AS place
      FROM (SELECT sender_id AS user_id, id, n FROM input
            UNION ALL SELECT recipient_id, id, n FROM input) AS both_sides
    ), bumped AS (
      UPDATE limit_counters AS k SET pts = k.pts + t.count
      FROM (SELECT user_id, count(*) AS count FROM entry GROUP BY user_id) AS t
      WHERE k.user_id = t.user_id
      RETURNING k.user_id, k.pts - t.count AS before
    ), message AS (
      INSERT INTO limit_messages SELECT id, sender_id, recipient_id, body FROM input
    ), box AS (
      INSERT INTO limit_inbox
      SELECT user_id, before + place, id FROM entry JOIN bumped USING (user_id)
    )
    SELECT user_id, before FROM bumped`;
}

/** "Group": each message with a counter and an inbox row for every member, 0 to `members` − 1. */
export async function insertForGroup(
  sql: Sql,
  firstId: number,
  batch: readonly Message[],
  members: number,
): Promise<void> {
  const c = columns(batch);
  await sql`
    WITH input AS (
      SELECT ${firstId}::int8 + n - 1 AS id, n, sender_id, body
      FROM unnest(${c.senders}::text::int8[], ${c.bodies}::text::bytea[])
        WITH ORDINALITY AS t(sender_id, body, n)
    ), bumped AS (
      UPDATE limit_counters SET pts = pts + ${batch.length}::int
      WHERE user_id < ${members}::int8
      RETURNING user_id, pts - ${batch.length}::int AS before
    ), message AS (
      INSERT INTO limit_messages SELECT id, sender_id, 0, body FROM input
    ), box AS (
      INSERT INTO limit_inbox
      SELECT user_id, before + n, id FROM bumped CROSS JOIN input ORDER BY user_id, n
    )
    SELECT user_id, before FROM bumped`;
}

/** One row a message and nothing else. */
export async function insertMessages(
  sql: Sql,
  firstId: number,
  batch: readonly Message[],
): Promise<void> {
  const c = columns(batch);
  await sql`
    INSERT INTO limit_messages
    SELECT ${firstId}::int8 + n - 1, sender_id, 0, body
    FROM unnest(${c.senders}::text::int8[], ${c.bodies}::text::bytea[])
      WITH ORDINALITY AS t(sender_id, body, n)`;
}

export interface FloorMessage extends Message {
  readonly seq: number;
  readonly senderPts: number;
  readonly recipientPts: number;
  readonly key: number;
}

/** "Floor": the message with its unique index and two inbox rows; numbers come from memory. */
export async function insertNumbered(
  sql: Sql,
  firstId: number,
  batch: readonly FloorMessage[],
): Promise<void> {
  const c = columns(batch);
  const conversations = array(batch, (m) => m.sender >> 1);
  const entries = batch
    .flatMap((m, i) => [
      { user: m.sender, pts: m.senderPts, id: firstId + i },
      { user: m.recipient, pts: m.recipientPts, id: firstId + i },
    ])
    .sort((a, b) => a.user - b.user || a.pts - b.pts);
  await sql`
    WITH message AS (
      INSERT INTO limit_floor_messages (id, conversation_id, seq, sender_id, dedupe_key, body)
      SELECT ${firstId}::int8 + n - 1, conversation_id, seq, sender_id, dedupe_key, body
      FROM unnest(${conversations}::text::int8[], ${array(batch, (m) => m.seq)}::text::int8[],
        ${c.senders}::text::int8[], ${array(batch, (m) => m.key)}::text::int8[],
        ${c.bodies}::text::bytea[])
        WITH ORDINALITY AS t(conversation_id, seq, sender_id, dedupe_key, body, n)
    )
    INSERT INTO limit_floor_inbox
    SELECT * FROM unnest(${array(entries, (e) => e.user)}::text::int8[],
      ${array(entries, (e) => e.pts)}::text::int8[], ${array(entries, (e) => e.id)}::text::int8[])`;
}

function columns(batch: readonly Message[]) {
  return {
    senders: array(batch, (m) => m.sender),
    recipients: array(batch, (m) => m.recipient),
    bodies: array(batch, (m) => m.body),
  };
}

function array<Item>(items: readonly Item[], value: (item: Item) => string | number): string {
  let text = "{";
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ",";
    text += value(items[i] as Item);
  }
  return `${text}}`;
}

/** The body of a frame as an element of a bytea array: from its mark, `bytes` long. */
export function bodyOf(frame: string | Uint8Array, textAt: number, bytes: number): string {
  const body =
    typeof frame === "string"
      ? Buffer.from(frame.substr(textAt, bytes))
      : Buffer.from(frame.buffer, frame.byteOffset + textAt, bytes);
  return `"\\\\x${body.toString("hex")}"`;
}
