/**
 * What the writer keeps in memory: all of it can be thrown away and is loaded again from Postgres.
 */
import { RecentKeys } from "../base/recent-keys.ts";
import { Recent } from "../base/recent.ts";
import { Snowflakes } from "../base/snowflake.ts";
import type { Access } from "../filter/access.ts";
import { Positions } from "../inbox/positions.ts";
import type { Sql } from "../postgres/client.ts";
import { Numbering } from "../store/numbering.ts";
import type { StreamRecord } from "../transfer/record.ts";

export interface WriterMemoryLimits {
  conversations: number;
  users: number;
  /** Keys of the newest messages, before the unique index is asked. */
  recentKeys: number;
}

export class WriterMemory {
  readonly access: Access;
  readonly numbering: Numbering;
  readonly positions: Positions;
  readonly snowflakes = new Snowflakes();
  readonly #recentKeys: RecentKeys;
  /** "conversation:user" → read seq. */
  readonly readSeqs: Recent<string, number>;
  /** Reads of which the peer is told less than they say, see inbox/told-reads.ts. */
  readonly toldReads = new WeakMap<StreamRecord, number>();
  /** "conversation:user" → when the peer was last told how far that user has read, wall ms. */
  readonly peersTold: Recent<string, number>;
  /** The newest read of those whose peer is still to be told. */
  readonly peersOwed = new Map<string, StreamRecord>();

  constructor(access: Access, limits: WriterMemoryLimits) {
    this.access = access;
    this.numbering = new Numbering(limits.conversations);
    this.positions = new Positions(limits.users);
    this.#recentKeys = new RecentKeys(limits.recentKeys);
    this.readSeqs = new Recent(limits.users);
    this.peersTold = new Recent(limits.users);
  }

  /** Whether a message with this key may be stored already. */
  maybeKnown(key: number): boolean {
    return this.#recentKeys.has(key);
  }

  remember(key: number): void {
    this.#recentKeys.add(key);
  }

  /** After a failure nothing that was counted ahead of the commit is true. */
  forgetNumbers(): void {
    this.numbering.forgetAll();
    this.positions.forgetAll();
    this.readSeqs.clear();
    this.access.grants.invalidateAll();
  }

  /** Once for each time that this process becomes the writer. */
  async begin(sql: Sql): Promise<void> {
    this.forgetNumbers();
    this.#recentKeys.clear();
    const [row] = await sql<{ newest: string | null }[]>`
      SELECT greatest((SELECT max(id) FROM messages), (SELECT max(id) FROM events))::text
        AS newest`;
    if (row?.newest) this.snowflakes.startAfter(BigInt(row.newest));
  }
}
