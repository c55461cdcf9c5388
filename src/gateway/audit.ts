/**
 * Promise 5: a push is a hint, the inbox is the truth. Compares what each connection was given with
 * the store: every minute, and at once after something was lost. Those behind get one hint.
 */
import { pause } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { newestWide } from "../inbox/difference.ts";
import { newestPts } from "../inbox/positions.ts";
import { wideMemberships } from "../inbox/wide-log.ts";
import type { Sql } from "../postgres/client.ts";
import type { Outbound } from "./outbound.ts";
import { type Sessions, STATE } from "./sessions.ts";
import type { WideLogs } from "./wide-logs.ts";

const USERS_MAX = 1000;
/** What was committed just now may still be on its way here. */
const GRACE_MS = 500;
/** At once, but not more often than this. */
const URGENT_EVERY_MS = 1000;

interface Behind {
  slot: number;
  generation: number;
  pts: number;
}

export class Audit {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;
  readonly #outbound: Outbound;
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #lost: () => void;
  #urgent = false;
  #running = false;
  #lastMs = 0;

  constructor(parts: {
    sessions: Sessions;
    wideLogs: WideLogs;
    outbound: Outbound;
    sql: Sql;
    clock: Clock;
    log: Log;
    everyMs: number;
    /** Told of everything that was lost. */
    lost: () => void;
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#outbound = parts.outbound;
    this.#sql = parts.sql;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#everyMs = parts.everyMs;
    this.#lost = parts.lost;
    this.#lastMs = parts.clock.monotonicMs();
  }

  /** Something was lost: the next `tick` audits. */
  urgent(why: string): void {
    this.#lost();
    if (!this.#urgent) this.#log.info({ why }, "auditing all connections");
    this.#urgent = true;
  }

  /** To be called about once a second. */
  tick(): void {
    const sinceMs = this.#clock.monotonicMs() - this.#lastMs;
    const due =
      sinceMs >= (this.#urgent ? Math.min(URGENT_EVERY_MS, this.#everyMs) : this.#everyMs);
    if (!due || this.#running || this.#sessions.count === 0) return;
    this.#running = true;
    this.#urgent = false;
    this.#lastMs = this.#clock.monotonicMs();
    this.#run()
      .catch((error: unknown) => {
        this.#urgent = true;
        this.#log.warn({ error: String(error) }, "audit failed, will be done again");
      })
      .finally(() => {
        this.#running = false;
      });
  }

  async #run(): Promise<void> {
    const users = new Set<number>();
    this.#sessions.each((slot) => users.add(this.#sessions.userIds[slot] as number));
    const all = [...users];
    for (let at = 0; at < all.length; at += USERS_MAX) {
      await this.#auditUsers(all.slice(at, at + USERS_MAX));
      await this.#auditFollowed(all.slice(at, at + USERS_MAX));
    }
    const conversations = [...this.#wideLogs.conversations];
    for (let at = 0; at < conversations.length; at += USERS_MAX) {
      await this.#auditWide(conversations.slice(at, at + USERS_MAX));
    }
    this.#hintMuted();
  }

  async #auditUsers(userIds: readonly number[]): Promise<void> {
    const newest = await newestPts(this.#sql, userIds);
    const behind: Behind[] = [];
    for (const [userId, pts] of newest) {
      for (const slot of this.#sessions.ofUser(userId)) {
        if (!this.#isBehind(slot, pts)) continue;
        behind.push({ slot, generation: this.#sessions.generations[slot] as number, pts });
      }
    }
    if (behind.length === 0) return;
    await pause(GRACE_MS);
    for (const { slot, generation, pts } of behind) {
      if (this.#sessions.generations[slot] !== generation || !this.#isBehind(slot, pts)) continue;
      this.#outbound.behind(slot, pts);
    }
  }

  #isBehind(slot: number, pts: number): boolean {
    const state = this.#sessions.states[slot];
    if (state === STATE.joining || state === STATE.syncing) return false;
    return (this.#sessions.delivered[slot] as number) < pts;
  }

  /** Who follows which wide log: a record that said so may have been lost like any other. */
  async #auditFollowed(userIds: readonly number[]): Promise<void> {
    this.#wideLogs.noteChanges();
    const memberships = await wideMemberships(this.#sql, userIds);
    for (const userId of userIds) {
      for (const slot of this.#sessions.ofUser(userId)) {
        if (this.#sessions.states[slot] === STATE.joining) continue;
        if (this.#wideLogs.hasChanged(slot)) continue;
        this.#setFollowed(slot, memberships.get(userId) ?? NONE);
      }
    }
  }

  #setFollowed(slot: number, memberships: ReadonlySet<number>): void {
    const followed = [...this.#wideLogs.ofSlot(slot)];
    for (const id of followed) {
      if (memberships.has(id) || this.#wideLogs.leasedFrom(slot, id) !== undefined) continue;
      this.#wideLogs.unfollow(this.#sessions, slot, id);
    }
    for (const id of memberships) {
      if (followed.includes(id)) continue;
      // A log that nobody followed here is looked at with the others in a moment.
      this.#wideLogs.follow(this.#sessions, slot, id, -1);
      const published = this.#wideLogs.published(id);
      if (published >= 0) this.#outbound.hintWide(slot, id, published);
    }
  }

  /** Wide logs that a connection was told to pull and still hasn't: the hint may have been lost. */
  #hintMuted(): void {
    this.#sessions.each((slot) => {
      for (const id of this.#wideLogs.ofSlot(slot)) {
        if (!this.#wideLogs.isSyncing(slot, id)) continue;
        this.#outbound.hintWide(slot, id, this.#wideLogs.published(id));
      }
    });
  }

  async #auditWide(conversationIds: readonly number[]): Promise<void> {
    const newest = await newestWide(this.#sql, conversationIds);
    const suspects = [...newest].filter(([id, pts]) => this.#wideLogs.published(id) < pts);
    if (suspects.length === 0) return;
    await pause(GRACE_MS);
    for (const [id, pts] of suspects) {
      if (this.#wideLogs.published(id) >= pts) continue;
      this.#wideLogs.setPublished(id, pts);
      this.#outbound.hintFollowers(id, pts);
    }
  }
}

const NONE: ReadonlySet<number> = new Set();
