/** From an open socket to a greeted connection: presence first, then the position, then live. */
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { deliver } from "../delivery/bus.ts";
import { type Joined, joinPresence, leavePresence } from "../delivery/presence.ts";
import { beginDelivery, ITEM, writeItem } from "../delivery/record.ts";
import { GrowingBuffer } from "../base/growing-buffer.ts";
import type { Clock } from "../base/clock.ts";
import { newestOwnPts, wideLogs as loadWideLogs } from "../inbox/difference.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import type { Codecs } from "../wire/codec.ts";
import { CMD } from "../wire/commands.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CLOSE } from "../wire/errors.ts";
import type { Outbound } from "./outbound.ts";
import { type Sessions, type Socket, STATE } from "./sessions.ts";
import { redeemTicket } from "./tickets.ts";
import type { WideLogs } from "./wide-logs.ts";

/** When a part is away, clients are told to come back after a moment up to this. */
const COME_BACK_MS = 2000;
const JOIN_DEADLINE_MS = 5000;

export class Join {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;
  readonly #outbound: Outbound;
  readonly #codecs: Codecs;
  readonly #sql: Sql;
  readonly #redis: RedisConnection;
  readonly #gatewayId: string;
  readonly #epoch: string;
  readonly #heartbeatMs: number;
  readonly #came: (userId: number) => void;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: {
    sessions: Sessions;
    wideLogs: WideLogs;
    outbound: Outbound;
    codecs: Codecs;
    sql: Sql;
    redis: RedisConnection;
    gatewayId: string;
    epoch: string;
    heartbeatMs: number;
    /** Tells others that a user came online. */
    came: (userId: number) => void;
    clock: Clock;
    log: Log;
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#outbound = parts.outbound;
    this.#codecs = parts.codecs;
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#gatewayId = parts.gatewayId;
    this.#epoch = parts.epoch;
    this.#heartbeatMs = parts.heartbeatMs;
    this.#came = parts.came;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Whether the connection was greeted; when not, it has been closed. */
  async join(socket: Socket): Promise<boolean> {
    try {
      return await withDeadline(this.#join(socket), JOIN_DEADLINE_MS);
    } catch (error) {
      this.#log.warn({ error: String(error) }, "a connection could not join");
      socket.close(CLOSE.draining, comeBack());
      return false;
    }
  }

  async #join(socket: Socket): Promise<boolean> {
    const { slot, userId, device, ticket } = socket.data;
    if (ticket !== "" && !(await redeemTicket(this.#redis, ticket))) {
      socket.close(CLOSE.kicked, "the ticket is used or over");
      return false;
    }
    const joined = await joinPresence(this.#redis, this.#gatewayId, userId, device, 0);
    if (this.#sessions.socket(slot) !== socket) {
      await leavePresence(this.#redis, this.#gatewayId, userId, device, joined.generation);
      return false;
    }
    this.#sessions.generations[slot] = joined.generation;
    if (joined.came) this.#came(userId);
    await this.#closeReplaced(userId, joined);
    this.#wideLogs.beginJoin(slot);
    // Read after presence is known: what is committed from here on comes as a push.
    const [pts, logs] = await Promise.all([
      newestOwnPts(this.#sql, userId),
      loadWideLogs(this.#sql, userId),
    ]);
    if (this.#sessions.socket(slot) !== socket) return false;
    this.#wideLogs.endJoin(this.#sessions, slot, logs);
    this.#greet(slot, Math.max(pts, this.#sessions.held[slot] as number));
    return true;
  }

  #greet(slot: number, pts: number): void {
    const sessions = this.#sessions;
    const socket = sessions.socket(slot) as Socket;
    const data = {
      epoch: this.#epoch,
      pts,
      heartbeatMs: this.#heartbeatMs,
      generation: sessions.generations[slot] as number,
      serverTime: this.#clock.wallMs(),
      userId: socket.data.externalId,
    };
    const envelope = { direction: DIRECTION.push, cmd: CMD.heartbeat, content: { data } };
    sessions.delivered[slot] = pts;
    sessions.states[slot] = STATE.live;
    this.#outbound.send(slot, this.#codecs[sessions.framing(slot)].encode(envelope));
  }

  /** One live connection per user and device type: the newer one closes the older. */
  async #closeReplaced(userId: number, { replaced }: Joined): Promise<void> {
    if (replaced === undefined) return;
    const item = {
      kind: ITEM.close,
      userId,
      generation: replaced.generation,
      code: CLOSE.replaced,
    } as const;
    const buffer = new GrowingBuffer();
    beginDelivery(buffer);
    writeItem(buffer, item);
    await deliver(this.#redis, replaced.gatewayId, buffer.view());
  }
}

/** The reason of a close: ms to wait, another number for each so that they don't come together. */
export function comeBack(): string {
  return String(Math.round(Math.random() * COME_BACK_MS));
}
