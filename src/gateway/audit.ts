/**
 * Promise 5: a push is a hint, the inbox is the truth. Compares what each connection was given with
 * the store: every minute, and at once after something was lost. Those behind get one hint.
 */
import { pause } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { newestWide, wideMemberships } from "../inbox/difference.ts";
import { newestPts } from "../inbox/positions.ts";
import type { Sql } from "../postgres/client.ts";
import type { Outbound } from "./outbound.ts";
import { type Sessions, STATE } from "./sessions.ts";
import type { WideLogs } from "./wide-logs.ts";

const USERS_MAX = 1000;
/** What was committed just now may still be on its way here. */
const GRACE_MS = 500;
/** At once, but not more often than this. */
const URGENT_EVERY_MS = 1000;

/** How far a wide log was published here, where it isn't known. */
const UNKNOWN = -1;
const NO_CONVERSATIONS: ReadonlySet<number> = new Set();

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
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#outbound = parts.outbound;
    this.#sql = parts.sql;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#everyMs = parts.everyMs;
    this.#lastMs = parts.clock.monotonicMs();
  }

  /** Something was lost: the next `tick` audits. */
  urgent(why: string): void {
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
    const lost = this.#urgent;
    this.#urgent = false;
    this.#lastMs = this.#clock.monotonicMs();
    this.#run(lost)
      .catch((error: unknown) => {
        this.#urgent = true;
        this.#log.warn({ error: String(error) }, "audit failed, will be done again");
      })
      .finally(() => {
        this.#running = false;
      });
  }

  /** `lost`: what was lost may have told who follows which wide log. */
  async #run(lost: boolean): Promise<void> {
    const users = new Set<number>();
    this.#sessions.each((slot) => users.add(this.#sessions.userIds[slot] as number));
    const all = [...users];
    for (let at = 0; at < all.length; at += USERS_MAX) {
      const some = all.slice(at, at + USERS_MAX);
      if (lost) await this.#auditFollowers(some);
      await this.#auditUsers(some);
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

  /** Follows what the tables say: joins and kicks are told by records that may have been lost. */
  async #auditFollowers(userIds: readonly number[]): Promise<void> {
    const before = this.#wideLogs.changes;
    const memberships = await wideMemberships(this.#sql, userIds);
    // What was told meanwhile is newer than what was read.
    if (this.#wideLogs.changes !== before) return this.urgent("members changed during the audit");
    for (const userId of userIds) {
      const member = memberships.get(userId) ?? NO_CONVERSATIONS;
      for (const slot of this.#sessions.ofUser(userId)) {
        if (this.#sessions.states[slot] !== STATE.joining) this.#follow(slot, member);
      }
    }
  }

  #follow(slot: number, member: ReadonlySet<number>): void {
    const followed = [...this.#wideLogs.ofSlot(slot)];
    for (const id of followed) {
      if (!member.has(id)) this.#wideLogs.unfollow(this.#sessions, slot, id);
    }
    for (const id of member) {
      if (followed.includes(id)) continue;
      this.#wideLogs.follow(this.#sessions, slot, id, UNKNOWN);
      const published = this.#wideLogs.published(id);
      // Of a log that is new here `#auditWide` finds the end, and tells all its followers.
      if (published !== UNKNOWN) this.#outbound.hintWide(slot, id, published);
    }
  }

  #isBehind(slot: number, pts: number): boolean {
    const state = this.#sessions.states[slot];
    if (state === STATE.joining || state === STATE.syncing) return false;
    return (this.#sessions.delivered[slot] as number) < pts;
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
