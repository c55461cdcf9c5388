/**
 * Who attends a conversation whose membership is a lease of the connection: joined from it, ended
 * with it. Nothing is written for that, not in Postgres and not in Redis: a gateway knows its own
 * connections, and every gateway gets the one record of a message.
 */
import { newestWide, wideDifference } from "../inbox/difference.ts";
import { envelopeOf } from "../inbox/events.ts";
import { newestSeq } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import type { Codecs } from "../wire/codec.ts";
import { CMD } from "../wire/commands.ts";
import { DIRECTION, type Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { answered, type CommandAnswer, refusedWith } from "./command.ts";
import type { Outbound } from "./outbound.ts";
import type { Sessions } from "./sessions.ts";
import type { WideLogs } from "./wide-logs.ts";

interface Attended {
  conversationId: number;
  conversationType: number;
}

interface Recent {
  /** From after this position. */
  from: number;
  events: Envelope[];
  position: number;
}

/** How often what came while the recent events were read is read as well. */
const ROUNDS_MAX = 5;

export class Attendance {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;
  readonly #outbound: Outbound;
  readonly #codecs: Codecs;
  readonly #sql: Sql;
  readonly #recentEvents: number;

  constructor(parts: {
    sessions: Sessions;
    wideLogs: WideLogs;
    outbound: Outbound;
    codecs: Codecs;
    sql: Sql;
    /** How many of the newest events who joins is given. */
    recentEvents: number;
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#outbound = parts.outbound;
    this.#codecs = parts.codecs;
    this.#sql = parts.sql;
    this.#recentEvents = parts.recentEvents;
  }

  /** The recent events follow the answer as pushes, after event 33, which says where they begin. */
  async join(slot: number, userId: number, attended: Attended): Promise<CommandAnswer> {
    const { conversationId } = attended;
    const wideLogs = this.#wideLogs;
    if (wideLogs.hasJoined(slot, conversationId)) return answered(CODE.ok);
    if (wideLogs.leasesOf(slot) >= LIMIT.leasesPerConnection) {
      const most = `a connection attends ${LIMIT.leasesPerConnection} conversations at most`;
      return refusedWith(CODE.tooLarge, most);
    }
    const generation = this.#sessions.generations[slot];
    const from = { pts: 0, seq: 0 };
    // Followed before it is read: what is committed from here on is held back, and seen.
    wideLogs.lease(this.#sessions, slot, conversationId, from);
    wideLogs.beginSync(this.#sessions, slot, conversationId);
    let recent: Recent;
    try {
      recent = await this.#recent(userId, attended);
      from.pts = recent.from;
      from.seq = firstSeq(recent) ?? (await newestSeq(this.#sql, conversationId)) + 1;
    } catch (error) {
      if (this.#sessions.generations[slot] === generation) this.leave(slot, conversationId);
      throw error;
    }
    return { ...answered(CODE.ok), sent: () => this.#begin(slot, attended, recent) };
  }

  /** False when the connection had not joined. */
  leave(slot: number, conversationId: number): boolean {
    if (!this.#wideLogs.hasJoined(slot, conversationId)) return false;
    this.#wideLogs.unfollow(this.#sessions, slot, conversationId);
    return true;
  }

  async #recent(userId: number, attended: Attended): Promise<Recent> {
    const { conversationId, conversationType } = attended;
    const newest = (await newestWide(this.#sql, [conversationId])).get(conversationId) ?? 0;
    const from = Math.max(0, newest - this.#recentEvents);
    const recent: Recent = { from, events: [], position: from };
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const known = Math.max(newest, this.#wideLogs.published(conversationId));
      if (recent.position >= known && round > 0) break;
      const log = { conversationId, conversationType, newest: known, joinedPts: from };
      const page = await wideDifference(this.#sql, log, userId, recent.position, LIMIT.pageEvents);
      recent.events.push(...page.rows.flatMap((row) => envelopeOf(row) ?? []));
      recent.position = page.position;
    }
    return recent;
  }

  #begin(slot: number, attended: Attended, { from, events, position }: Recent): void {
    const { conversationId, conversationType } = attended;
    const wideLogs = this.#wideLogs;
    const codec = this.#codecs[this.#sessions.framing(slot)];
    if (!wideLogs.hasJoined(slot, conversationId)) return;
    const begins: Envelope = {
      direction: DIRECTION.push,
      cmd: CMD.conversationUpdate,
      route: { conversationId, conversationType },
      content: { data: { wide: true, conversationPts: from } },
    };
    this.#outbound.send(slot, codec.encode(begins));
    for (const event of events) this.#outbound.send(slot, codec.encode(event));
    // Where others here follow the log too, what is on its way to them must not be passed over.
    if (wideLogs.published(conversationId) < 0) wideLogs.setPublished(conversationId, position);
    if (wideLogs.endSync(this.#sessions, slot, conversationId, position)) return;
    this.#outbound.hintWide(slot, conversationId, wideLogs.published(conversationId));
  }
}

/** The seq of the first message among the events. */
function firstSeq({ events }: Recent): number | undefined {
  const first = events.find(({ messageExtra }) => messageExtra?.conversationSeq !== undefined);
  return first?.messageExtra?.conversationSeq;
}
