/**
 * Which tokens are refused though they are signed and not over: those of a user, or of one device
 * type of his, that were given before he was kicked. A table in memory, so that no connect reads a
 * store. Times are Postgres', by which tokens are dated too.
 */
import { TOKEN_SECONDS, type TokenClaims } from "../base/token.ts";
import type { Sql } from "../postgres/client.ts";

export interface Revocation {
  userId: number;
  /** "" for all of the user's devices. */
  device: string;
  /** What was issued at this time or before is refused, ms since 1970. */
  untilMs: number;
  /** Until when the user is banned, ms since 1970; 0: he isn't. */
  bannedUntilMs: number;
}

/** What commits late may carry an earlier time than what was read before it. */
const OVERLAP_MS = 60_000;
const TOKEN_MS = TOKEN_SECONDS * 1000;

export class Revocations {
  readonly #entriesMax: number;
  /** Oldest first, by "user/device". */
  readonly #untilMs = new Map<string, number>();
  /** Of those users among them who are banned. */
  readonly #bannedUntilMs = new Map<number, number>();
  /** Where the table is full the oldest go, and with them all tokens that are as old. */
  #floorMs = 0;
  #readUpToMs = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#untilMs.size;
  }

  /** `device` is that of the connection, or of the token where there is none. */
  refuses(claims: TokenClaims, device: string): boolean {
    const issuedMs = Math.round(claims.iat * 1000);
    // A token that doesn't say when it was issued is not one of ours.
    if (!(issuedMs > this.#floorMs)) return true;
    const all = this.#untilMs.get(`${claims.uid}/`) ?? 0;
    return issuedMs <= all || issuedMs <= (this.#untilMs.get(`${claims.uid}/${device}`) ?? 0);
  }

  /** Whether the tokens of a user are refused because he is banned. */
  isBanned(userId: number, nowMs: number): boolean {
    return nowMs < (this.#bannedUntilMs.get(userId) ?? 0);
  }

  add({ userId, device, untilMs, bannedUntilMs }: Revocation): void {
    const key = `${userId}/${device}`;
    const held = this.#untilMs.get(key) ?? 0;
    if (held >= untilMs) return;
    if (device === "") this.#noteBan(userId, bannedUntilMs);
    this.#untilMs.delete(key);
    this.#untilMs.set(key, untilMs);
    for (const [oldest, atMs] of this.#untilMs) {
      const over = atMs < untilMs - TOKEN_MS;
      if (!over && this.#untilMs.size <= this.#entriesMax) break;
      if (!over) this.#floorMs = Math.max(this.#floorMs, atMs);
      this.#untilMs.delete(oldest);
      if (oldest.endsWith("/")) this.#bannedUntilMs.delete(Number(oldest.slice(0, -1)));
    }
  }

  #noteBan(userId: number, untilMs: number): void {
    if (untilMs > 0) this.#bannedUntilMs.set(userId, untilMs);
    else this.#bannedUntilMs.delete(userId);
  }

  /** Adds what was kicked since the last time, and answers it. Rejects when Postgres is away. */
  async load(sql: Sql): Promise<readonly Revocation[]> {
    const sinceMs = this.#readUpToMs - OVERLAP_MS;
    const rows = await sql<
      { user_id: number; device: string; until_ms: number; banned_until_ms: number }[]
    >`
      SELECT user_id, device, until_ms, banned_until_ms FROM revocations
      WHERE until_ms > greatest(${sinceMs}::int8,
        (extract(epoch FROM now()) * 1000)::int8 - ${TOKEN_MS}::int8)
      ORDER BY until_ms`;
    const revocations = rows.map((row) => {
      return {
        userId: row.user_id,
        device: row.device,
        untilMs: row.until_ms,
        bannedUntilMs: row.banned_until_ms,
      };
    });
    for (const revocation of revocations) {
      this.add(revocation);
      this.#readUpToMs = Math.max(this.#readUpToMs, revocation.untilMs);
    }
    return revocations;
  }
}
