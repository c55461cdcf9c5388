/** The cold side of step 3: loads what the tables of users and grants miss, many at a time. */
import type { Clock } from "../base/clock.ts";
import { Recent } from "../base/recent.ts";
import { idArray, type Sql } from "../postgres/client.ts";
import { CONVERSATION } from "../wire/commands.ts";
import { isLeased } from "../wire/policy.ts";
import { type GrantFacts, grantWord, ROLE, SEND } from "./grant.ts";
import { Grants } from "./grants.ts";

/** (conversation, user), or with conversation 0 the pair (peer, user). */
export interface GrantKey {
  conversationId: number;
  peerId: number;
  userId: number;
}

export interface AccessLimits {
  grantSlots: number;
  userEntries: number;
  /** Messages that a stranger may send before the other answers. */
  strangerMessages: number;
}

/** How many users or grants are asked for in one query. */
const LOAD_ROWS_MAX = 1000;

interface GrantRow {
  position: number;
  conversation_id: number | null;
  type: number | null;
  is_member: boolean;
  role: number | null;
  muted: boolean | null;
  all_muted: boolean | null;
  dissolved: boolean | null;
  wide: boolean | null;
  friends: boolean;
  blocked_by_peer: boolean;
  blocked_peer: boolean;
  sent: number | null;
  answered: boolean | null;
  user_muted: boolean | null;
  is_owner: boolean | null;
  send_role: number | null;
  asks: boolean | null;
  persist: boolean | null;
}

export class Access {
  readonly grants: Grants;
  readonly #clock: Clock;
  readonly #limits: AccessLimits;
  readonly #userIds: Recent<string, number>;

  constructor(clock: Clock, limits: AccessLimits, seed: number) {
    this.#clock = clock;
    this.#limits = limits;
    this.grants = new Grants(limits.grantSlots, seed);
    this.#userIds = new Recent(limits.userEntries);
  }

  /** The inner id of a user whom the table knows, else undefined: not known, or not loaded. */
  userId(externalId: string): number | undefined {
    return this.#userIds.get(externalId);
  }

  /** Loads users by their external ids; those that don't exist stay unknown. */
  async loadUsers(sql: Sql, externalIds: readonly string[]): Promise<void> {
    for (let at = 0; at < externalIds.length; at += LOAD_ROWS_MAX) {
      const some = externalIds.slice(at, at + LOAD_ROWS_MAX);
      const rows = await sql<{ id: number; external_id: string }[]>`
        SELECT id, external_id FROM users WHERE external_id = ANY(${sql.array(some, 25)}::text[])`;
      for (const row of rows) this.#userIds.set(row.external_id, row.id);
    }
  }

  /** Loads grants; those of a load that an invalidation overtook are misses still. */
  async loadGrants(sql: Sql, keys: readonly GrantKey[]): Promise<void> {
    for (let at = 0; at < keys.length; at += LOAD_ROWS_MAX) {
      await this.#loadSome(sql, keys.slice(at, at + LOAD_ROWS_MAX));
    }
  }

  async #loadSome(sql: Sql, keys: readonly GrantKey[]): Promise<void> {
    const version = this.grants.version();
    const rows = await queryGrants(sql, keys);
    const nowMs = this.#clock.monotonicMs();
    for (const row of rows) {
      const key = keys[row.position - 1] as GrantKey;
      const first = key.conversationId > 0 ? key.conversationId : -key.peerId;
      const word = grantWord(this.#facts(row, key));
      this.grants.put(first, key.userId, word, row.conversation_id ?? 0, version, nowMs);
    }
  }

  #facts(row: GrantRow, key: GrantKey): GrantFacts {
    const pairWithoutConversation = row.type === null && key.conversationId === 0;
    const type = pairWithoutConversation ? CONVERSATION.stranger : (row.type ?? 0);
    return {
      type,
      member: pairWithoutConversation || row.is_member,
      role: row.role ?? (row.is_owner === true && isLeased(type) ? ROLE.owner : ROLE.member),
      muted: row.muted ?? false,
      allMuted: row.all_muted ?? false,
      dissolved: row.dissolved ?? false,
      wide: row.wide ?? false,
      friends: row.friends,
      blockedByPeer: row.blocked_by_peer,
      blockedPeer: row.blocked_peer,
      answered: row.answered ?? false,
      userMuted: row.user_muted ?? false,
      strangerLeft: Math.max(0, this.#limits.strangerMessages - (row.sent ?? 0)),
      sendRole: row.send_role ?? SEND.members,
      asks: row.asks ?? false,
      transient: row.persist === false,
    };
  }
}

/** A stranger's first messages are enough to see whether the other has answered among them. */
const FIRST_MESSAGES = 32;

function queryGrants(sql: Sql, keys: readonly GrantKey[]): Promise<GrantRow[]> {
  const conversations = idArray(keys.map((key) => key.conversationId));
  const peers = idArray(keys.map((key) => key.peerId));
  const users = idArray(keys.map((key) => key.userId));
  return sql<GrantRow[]>`
    SELECT q.position::int AS position, c.id AS conversation_id, c.type, c.wide, c.dissolved,
      c.send_role, c.persist, c.webhook IS NOT NULL AS asks, c.owner_id = q.user_id AS is_owner,
      c.muted_until > now() AS all_muted,
      m.user_id IS NOT NULL AS is_member, m.role, m.muted_until > now() AS muted,
      coalesce(mine.friend AND theirs.friend, false) AS friends,
      coalesce(theirs.blocked, false) AS blocked_by_peer,
      coalesce(mine.blocked, false) AS blocked_peer,
      first.sent::int AS sent, first.answered, sender.muted_until > now() AS user_muted
    FROM unnest(${conversations}::text::int8[], ${peers}::text::int8[], ${users}::text::int8[])
      WITH ORDINALITY AS q(conversation_id, peer_id, user_id, position)
    LEFT JOIN LATERAL (
      SELECT * FROM conversations WHERE q.conversation_id > 0 AND id = q.conversation_id
      UNION ALL
      SELECT * FROM conversations WHERE q.conversation_id = 0
        AND pair_low = least(q.peer_id, q.user_id) AND pair_high = greatest(q.peer_id, q.user_id)
    ) c ON true
    LEFT JOIN users sender ON sender.id = q.user_id
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = q.user_id
    LEFT JOIN LATERAL (SELECT CASE WHEN c.pair_low IS NULL THEN q.peer_id
      WHEN c.pair_low = q.user_id THEN c.pair_high ELSE c.pair_low END AS id) peer ON true
    LEFT JOIN relations mine ON mine.user_id = q.user_id AND mine.peer_id = peer.id
    LEFT JOIN relations theirs ON theirs.user_id = peer.id AND theirs.peer_id = q.user_id
    LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE sender_id = q.user_id) AS sent,
        bool_or(sender_id <> q.user_id) AS answered
      FROM (SELECT sender_id FROM messages WHERE conversation_id = c.id
        ORDER BY seq LIMIT ${FIRST_MESSAGES}) early
      WHERE c.pair_low IS NOT NULL
    ) first ON true`;
}
