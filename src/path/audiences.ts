/**
 * Who gets a push that is not stored: the members of its conversation. Kept in bounded memory, and
 * believed as long as the grants of the conversation are: what changes its members drops both.
 */
import { Recent } from "../base/recent.ts";
import type { Grants } from "../filter/grants.ts";
import { idArray, type Sql } from "../postgres/client.ts";

/** The members, or "wide" where they are those who follow the conversation. */
export type Audience = readonly number[] | "wide";

interface Entry {
  audience: Audience;
  /** Of the grants, before the load began. */
  version: number;
}

/** Each of 200 members at most. */
const CONVERSATIONS_MAX = 4096;
const NOBODY: readonly number[] = [];

export class Audiences {
  readonly #sql: Sql;
  readonly #grants: Grants;
  readonly #entries = new Recent<number, Entry>(CONVERSATIONS_MAX);

  constructor(sql: Sql, grants: Grants) {
    this.#sql = sql;
    this.#grants = grants;
  }

  /** Undefined: to be loaded first. */
  of(conversationId: number): Audience | undefined {
    const entry = this.#entries.get(conversationId);
    if (entry === undefined || !this.#grants.isCurrent(conversationId, entry.version)) {
      return undefined;
    }
    return entry.audience;
  }

  /** The audiences of conversations as they are now; one that isn't there has nobody. */
  async load(conversationIds: ReadonlySet<number>): Promise<ReadonlyMap<number, Audience>> {
    const loaded = new Map<number, Audience>();
    if (conversationIds.size === 0) return loaded;
    const version = this.#grants.version();
    const rows = await this.#sql<{ id: number; wide: boolean; members: (number | string)[] }[]>`
      SELECT c.id, c.wide, CASE WHEN c.wide THEN '{}'::int8[] ELSE ARRAY(SELECT user_id FROM members
        WHERE conversation_id = c.id) END AS members
      FROM conversations c WHERE c.id = ANY(${idArray([...conversationIds])}::text::int8[])`;
    for (const id of conversationIds) loaded.set(id, NOBODY);
    for (const row of rows) {
      const audience = row.wide ? "wide" : row.members.map(Number);
      loaded.set(row.id, audience);
      this.#entries.set(row.id, { audience, version });
    }
    return loaded;
  }
}
