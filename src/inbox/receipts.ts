/**
 * Delivered: how far each device has its user's log, and so what the other of a conversation of two
 * has. Gathered in memory and written once a second for all devices of a gateway; what is lost with
 * a gateway is said again by the device's next receipt, which is cumulative.
 */
import type { Sql } from "../postgres/client.ts";

interface Receipt {
  userId: number;
  device: string;
  pts: number;
}

const GATHERED_MAX = 50_000;
const ROWS_MAX = 1000;
/** Positions of one user that a write looks at: a device that was away long takes several. */
const STEP = 2000;

export class Receipts {
  readonly #sql: Sql;
  readonly #gathered = new Map<string, Receipt>();
  #writing = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** False when more devices wait to be written than fit. */
  add(userId: number, device: string, pts: number): boolean {
    const name = `${userId}:${device}`;
    const held = this.#gathered.get(name);
    if (held !== undefined) held.pts = Math.max(held.pts, pts);
    else if (this.#gathered.size >= GATHERED_MAX) return false;
    else this.#gathered.set(name, { userId, device, pts });
    return true;
  }

  tick(): void {
    if (this.#writing || this.#gathered.size === 0) return;
    this.#writing = true;
    const done = (): void => {
      this.#writing = false;
    };
    // Postgres may be away: what is gathered stays.
    this.#write().then(done, done);
  }

  async #write(): Promise<void> {
    const receipts = [...this.#gathered.values()].slice(0, ROWS_MAX).map((one) => ({ ...one }));
    const rows = await writeReceipts(this.#sql, receipts);
    const reached = new Map(rows.map((row) => [`${row.user_id}:${row.device}`, row]));
    for (const { userId, device, pts } of receipts) {
      const name = `${userId}:${device}`;
      const left = reached.get(name)?.more === true;
      if (!left && (this.#gathered.get(name)?.pts ?? 0) <= pts) this.#gathered.delete(name);
    }
  }
}

interface ReachedRow {
  user_id: number;
  device: string;
  more: boolean;
}

/** A device is believed as far as its user's log reaches. */
async function writeReceipts(sql: Sql, receipts: readonly Receipt[]): Promise<ReachedRow[]> {
  return await sql<ReachedRow[]>`
    WITH given AS (
      SELECT g.user_id, g.device, least(g.pts, newest.pts) AS wanted, coalesce(
        (SELECT max(d.pts) FROM device_receipts d WHERE d.user_id = g.user_id), 0) AS before
      FROM unnest(${sql.array(
        receipts.map((one) => one.userId),
        20,
      )}::int8[],
        ${sql.array(
          receipts.map((one) => one.device),
          25,
        )}::text[],
        ${sql.array(
          receipts.map((one) => one.pts),
          20,
        )}::int8[]) AS g(user_id, device, pts)
      JOIN LATERAL (SELECT pts FROM inbox WHERE user_id = g.user_id ORDER BY pts DESC LIMIT 1)
        newest ON true
    ), step AS (
      SELECT *, least(wanted, before + ${STEP}) AS reached FROM given
    ), device AS (
      INSERT INTO device_receipts AS d (user_id, device, pts)
      SELECT user_id, device, reached FROM step ORDER BY user_id, device
      ON CONFLICT (user_id, device) DO UPDATE SET pts = excluded.pts WHERE d.pts < excluded.pts
    ), delivery AS (
      INSERT INTO deliveries AS d (conversation_id, user_id, seq)
      SELECT x.conversation_id, i.user_id, max(x.seq) FROM step
      JOIN inbox i ON i.user_id = step.user_id AND i.pts > step.before AND i.pts <= step.reached
      JOIN messages x ON x.id = i.message_id AND x.sender_id <> i.user_id
        AND x.flags & 1088 = 0
      JOIN conversations c ON c.id = x.conversation_id AND c.pair_low > 0
      GROUP BY x.conversation_id, i.user_id ORDER BY 1, 2
      ON CONFLICT (conversation_id, user_id) DO UPDATE SET seq = excluded.seq
        WHERE d.seq < excluded.seq
    )
    SELECT user_id, device, reached < wanted AS more FROM step`;
}
