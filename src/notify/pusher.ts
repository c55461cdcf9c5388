/**
 * Pushes what no device has acknowledged in time: one notification a conversation, the newest. At
 * most once a token and message, unless a provider asks to try again.
 */
import { backoffMs } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { conversationPage } from "../inbox/conversation-list.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import type { ProviderName, PushToken } from "../store/push-tokens.ts";
import { acknowledgedPts } from "./acknowledged.ts";
import type { PushNote, PushProvider } from "./push-note.ts";
import { noteOf, type PushRow } from "./push-text.ts";
import { wantedBy } from "./wanted.ts";

const ROWS_MAX = 500;
const SENDS_AT_ONCE = 16;
const ATTEMPTS_MAX = 5;
const RETRY_FIRST_MS = 2000;
const RETRY_MAX_MS = 120_000;
/** Conversations whose unread is counted for a badge. */
const BADGE_CONVERSATIONS_MAX = 500;

export type Providers = ReadonlyMap<ProviderName, PushProvider>;

type TokenRow = PushToken & { user_id: number };

export class Pusher {
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #providers: Providers;

  constructor(parts: {
    sql: Sql;
    redis: RedisConnection;
    log: Log;
    clock: Clock;
    providers: Providers;
  }) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#providers = parts.providers;
  }

  /** Pushes what is due; whether there may be more. */
  async turn(): Promise<boolean> {
    const all = await this.#due();
    if (all.length === 0) return false;
    const userIds = [...new Set(all.map((row) => row.user_id))];
    const acknowledged = await acknowledgedPts({ redis: this.#redis, sql: this.#sql }, userIds);
    const newest = new Map<string, PushRow>();
    for (const row of all) {
      const hasIt = row.pts >= 0 && row.pts <= (acknowledged.get(row.user_id) ?? -1);
      if (!row.wanted || hasIt) continue;
      const name = `${row.user_id}:${row.conversation_id}`;
      const held = newest.get(name);
      if (held === undefined || held.seq < row.seq) newest.set(name, row);
    }
    const rows = [...newest.values()];
    const kept = rows.length === 0 ? new Set<PushRow>() : await this.#push(rows);
    await this.#forget(all.filter((row) => !kept.has(row)));
    return all.length === ROWS_MAX;
  }

  /** What waited long enough; `wanted` is false of what is read, gone, muted or not his now. */
  async #due(): Promise<(PushRow & { wanted: boolean })[]> {
    return await this.#sql<(PushRow & { wanted: boolean })[]>`
      SELECT d.user_id, d.message_id::text, d.conversation_id, d.seq, d.pts, d.wishes, d.tokens,
        d.attempts, coalesce(c.type, 0) AS conversation_type,
        coalesce(c.name, '') AS conversation_name,
        coalesce(m.cmd, 0) AS cmd, coalesce(m.content, '') AS content, u.external_id AS sender,
        u.nickname, ceil(extract(epoch FROM m.expires_at - now()))::int4 AS seconds_left,
        m.id IS NOT NULL AND m.flags & 264 = 0 AND b.user_id IS NOT NULL AND b.read_seq < d.seq
          AND b.joined_seq <= d.seq AND (m.expires_at IS NULL OR m.expires_at > now())
          AND NOT b.mute AS wanted
      FROM (SELECT * FROM push_due WHERE due_at <= now() ORDER BY due_at LIMIT ${ROWS_MAX}) d
      LEFT JOIN messages m ON m.id = d.message_id
      LEFT JOIN conversations c ON c.id = d.conversation_id
      LEFT JOIN members b ON b.conversation_id = d.conversation_id AND b.user_id = d.user_id
      LEFT JOIN users u ON u.id = m.sender_id
      ORDER BY d.user_id, d.message_id`;
  }

  /** The rows that are to be tried again. */
  async #push(rows: readonly PushRow[]): Promise<Set<PushRow>> {
    const users = [...new Set(rows.map((row) => row.user_id))];
    const [tokens, wanted] = await Promise.all([
      this.#tokensOf(users),
      wantedBy(this.#sql, users, this.#clock.wallMs()),
    ]);
    const badges = new Map<number, Promise<number>>();
    const kept = new Set<PushRow>();
    const waiting = [...rows];
    const next = async (): Promise<void> => {
      for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
        const mine = (tokens.get(row.user_id) ?? []).filter((token) => isFor(row, token));
        const { quiet, preview } = wanted(row.user_id);
        if (mine.length === 0 || quiet) continue;
        const badge = badges.get(row.user_id) ?? this.#badge(row.user_id);
        badges.set(row.user_id, badge);
        const left = await this.#pushNote(noteOf(row, await badge, preview), mine);
        if (left.length > 0 && (await this.#keep(row, left))) kept.add(row);
      }
    };
    await Promise.all(Array.from({ length: SENDS_AT_ONCE }, next));
    return kept;
  }

  /** The names of the tokens that are to be tried again. */
  async #pushNote(note: PushNote, tokens: readonly TokenRow[]): Promise<string[]> {
    const left: string[] = [];
    for (const token of tokens) {
      const result = await this.#providers.get(token.provider)?.send(token, note);
      if (result === "later") left.push(nameOf(token));
      if (result === "refused") {
        this.#log.warn({ provider: token.provider }, "a push provider refuses a push");
      }
      if (result === "invalid") {
        await this.#sql`
          DELETE FROM push_tokens WHERE provider = ${token.provider} AND token = ${token.token}`;
      }
    }
    return left;
  }

  async #keep(row: PushRow, left: readonly string[]): Promise<boolean> {
    if (row.attempts + 1 >= ATTEMPTS_MAX) return false;
    const waitMs = backoffMs(row.attempts, RETRY_FIRST_MS, RETRY_MAX_MS);
    await this.#sql`
      UPDATE push_due SET attempts = attempts + 1, tokens = ${[...left]},
        due_at = now() + ${waitMs} * interval '1 millisecond'
      WHERE user_id = ${row.user_id} AND message_id = ${row.message_id}::text::int8`;
    return true;
  }

  async #tokensOf(users: readonly number[]): Promise<Map<number, TokenRow[]>> {
    const found = await this.#sql<TokenRow[]>`
      SELECT user_id, provider, token, app, p256dh, auth FROM push_tokens
      WHERE user_id = ANY(${`{${users.join(",")}}`}::text::int8[])`;
    const tokens = new Map<number, TokenRow[]>();
    for (const row of found) {
      const list = tokens.get(row.user_id);
      if (list === undefined) tokens.set(row.user_id, [row]);
      else list.push(row);
    }
    return tokens;
  }

  /** The unread of the conversation list, so that a badge and an open list never differ. */
  async #badge(userId: number): Promise<number> {
    const page = await conversationPage(this.#sql, userId, "", BADGE_CONVERSATIONS_MAX);
    let unread = 0;
    for (const entry of page.conversations) if (!entry.mute) unread += entry.unread;
    return unread;
  }

  async #forget(rows: readonly PushRow[]): Promise<void> {
    const keys = rows.map(({ user_id, message_id }) => ({ user_id, message_id }));
    await this.#sql`
      DELETE FROM push_due d
      USING json_to_recordset(${JSON.stringify(keys)}::text::json)
        AS t(user_id int8, message_id int8)
      WHERE d.user_id = t.user_id AND d.message_id = t.message_id`;
  }
}

function nameOf({ provider, token }: PushToken): string {
  return `${provider}:${token}`;
}

function isFor({ tokens }: PushRow, token: PushToken): boolean {
  return tokens === null || tokens.includes(nameOf(token));
}
