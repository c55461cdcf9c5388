/**
 * Tells friends and watchers that a user came online, left, or went to the background. What a user
 * does is told damped: he left when he is away for 2 s, and a change of his devices is told after
 * 2 s, so that one who reconnects, or looks up and puts his phone away, is no news. Nothing here
 * is kept: what a gateway can't tell at once under pressure is not told.
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import {
  type Device,
  livingGateways,
  lookupDevices,
  lookupPresence,
  takeGone,
} from "../delivery/presence.ts";
import type { Outgoing } from "../delivery/router.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { type Acquainted, acquaintancesOf } from "../store/acquaintances.ts";
import { writeLastSeen } from "../store/last-seen.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { byGateway, transientFor, transientPush, type Transients } from "./transients.ts";

const DAMP_MS = 2000;
/** Users told of in one go, and those who wait; more news than that is no news. */
const BATCH_USERS = 100;
const WAITING_MAX = 5000;
/** Of one part of presence, in one tick of one gateway. */
const GONE_MAX = 500;

interface News {
  /** Ms since 1970 at which he left; undefined when he is here. */
  leftAtMs: number | undefined;
  /** Whether he came or left, and not only a device of his changed. */
  moved: boolean;
}

/** Somebody who came online, or left. */
export interface PresenceMove {
  userId: number;
  name: string;
  online: boolean;
  /** Ms since 1970. */
  at: number;
}

/** Tells the host application; best effort. */
export type TellMoves = (moves: readonly PresenceMove[]) => Promise<void>;

export class PresenceNews {
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #transients: Transients;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #tellMoves: TellMoves | undefined;
  /** By user: the newest is what counts. */
  readonly #waiting = new Map<number, News>();
  /** Users whose devices changed, and when that may be told. */
  readonly #changed = new Map<number, number>();
  #running = false;
  #ticking = false;
  /** News that was not told, for the metrics. */
  dropped = 0;

  constructor(parts: {
    sql: Sql;
    redis: RedisConnection;
    transients: Transients;
    clock: Clock;
    log: Log;
    tellMoves?: TellMoves | undefined;
  }) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#transients = parts.transients;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#tellMoves = parts.tellMoves;
  }

  /** A user came online at this gateway. */
  came(userId: number): void {
    this.#add(userId, { leftAtMs: undefined, moved: true });
  }

  /** A device went to the background or came back: told once, 2 s after the first change. */
  changed(userId: number): void {
    if (this.#changed.has(userId)) return;
    if (this.#changed.size >= WAITING_MAX) this.dropped += 1;
    else this.#changed.set(userId, this.#clock.monotonicMs() + DAMP_MS);
  }

  /** To be called about every second. */
  tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#tick()
      .catch((error: unknown) => {
        this.#log.warn({ error: String(error) }, "looking for who left failed");
      })
      .finally(() => {
        this.#ticking = false;
      });
  }

  async #tick(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    for (const [userId, dueMs] of this.#changed) {
      if (dueMs > nowMs) break;
      this.#changed.delete(userId);
      const moved = this.#waiting.get(userId)?.moved ?? false;
      this.#add(userId, { leftAtMs: undefined, moved });
    }
    if (!this.#redis.ready) return;
    const gone = await takeGone(this.#redis, DAMP_MS, GONE_MAX);
    if (gone.size === 0) return;
    for (const [userId, leftAtMs] of gone) this.#add(userId, { leftAtMs, moved: true });
    await writeLastSeen(this.#sql, gone);
  }

  #add(userId: number, news: News): void {
    if (this.#waiting.size >= WAITING_MAX) {
      this.dropped += 1;
      return;
    }
    this.#waiting.set(userId, news);
    if (this.#running) return;
    this.#running = true;
    // One turn of the loop: those who come in this tick are told of together.
    setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#run()
      .catch((error: unknown) => {
        this.#log.warn({ error: String(error) }, "telling who is online failed");
        this.dropped += this.#waiting.size;
        this.#waiting.clear();
      })
      .finally(() => {
        this.#running = this.#waiting.size > 0;
        if (this.#running) setImmediate(this.#onTurn);
      });
  };

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, BATCH_USERS);
      for (const [userId] of batch) this.#waiting.delete(userId);
      const userIds = batch.map(([userId]) => userId);
      const [gateways, devices, known] = await Promise.all([
        livingGateways(this.#redis),
        lookupDevices(this.#redis, userIds),
        acquaintancesOf(this.#sql, userIds),
      ]);
      const friends = new Set([...known.values()].flatMap((one) => one.friends));
      const presence = await lookupPresence(this.#redis, friends);
      const moves: PresenceMove[] = [];
      const items = batch.flatMap(([userId, news]) => {
        const acquainted = known.get(userId);
        const here = devices.get(userId);
        // Who came and went, or went and came, meanwhile: the newest of it is told by itself.
        if (acquainted === undefined || (here === undefined) !== (news.leftAtMs !== undefined)) {
          return [];
        }
        const { leftAtMs } = news;
        const at = leftAtMs ?? this.#clock.wallMs();
        const move = { userId, name: acquainted.name, online: leftAtMs === undefined, at };
        if (news.moved) moves.push(move);
        const placed = byGateway(acquainted.friends, presence);
        return this.#items(userId, news, { acquainted, devices: here ?? [], placed, gateways });
      });
      if (moves.length > 0) await this.#tellMoves?.(moves);
      if (!(await this.#transients.send(items))) this.dropped += batch.length;
    }
  }

  /** Any gateway may have connections that watch the user: each gets an item. */
  #items(
    userId: number,
    { leftAtMs }: News,
    facts: {
      acquainted: Acquainted;
      devices: readonly Device[];
      placed: ReadonlyMap<number | string, number[]>;
      gateways: readonly string[];
    },
  ): Outgoing[] {
    const { acquainted, devices, placed, gateways } = facts;
    const nowMs = this.#clock.wallMs();
    const { name, blocked } = acquainted;
    const cmd = leftAtMs === undefined ? CMD.userOnline : CMD.userOffline;
    const data = { userId: name, ...devicesShown(devices), lastSeen: leftAtMs ?? nowMs };
    const push = transientPush({
      cmd,
      conversationId: -1,
      from: name,
      content: Buffer.from(contentBytes({ data }, cmd, DIRECTION.push)),
      timestamp: nowMs,
    });
    return gateways.flatMap((gatewayId) => {
      const userIds = placed.get(gatewayId) ?? [];
      const watched = blocked !== undefined;
      if (!watched && userIds.length === 0) return [];
      const except = blocked ?? [];
      return [transientFor(gatewayId, { push, senderId: userId, userIds, watched, except })];
    });
  }
}

/** The devices of a user as clients see them. */
export function devicesShown(devices: readonly Device[]): Data {
  const background = devices.filter((device) => device.background).map(({ name }) => name);
  return { devices: devices.map(({ name }) => name), background };
}
