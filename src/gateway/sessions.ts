/**
 * The connections of a gateway: columns by slot, so that a hundred thousand cost the collector
 * little.
 */
import type { ServerWebSocket } from "bun";
import { SUBPROTOCOLS, type Subprotocol } from "../wire/frame.ts";

export interface SocketData {
  /** −1 before `open` and after `close`. */
  slot: number;
  userId: number;
  externalId: string;
  device: string;
  /** Undefined until the first frame decides. */
  framing: Subprotocol | undefined;
  /** When the token was issued, ms by Postgres' clock. */
  issuedMs: number;
  /** The ticket that opened the connection, "" for a token. */
  ticket: string;
}

export type Socket = ServerWebSocket<SocketData>;

/**
 * How pushes reach a connection:
 * joining ─greeted─▶ live ⇄ syncing (between a page that isn't final and the one that is),
 * live ─a hole, a slow socket─▶ pull (one hint, then nothing until it has synced) ─▶ syncing.
 */
export const STATE = { joining: 0, live: 1, syncing: 2, pull: 3 } as const;

export class Sessions {
  readonly capacity: number;
  readonly userIds: Float64Array;
  readonly generations: Float64Array;
  /** The newest pts that the connection was given, gapless from its greeting on. */
  readonly delivered: Float64Array;
  /** The newest pts that was held back while it was not live. */
  readonly held: Float64Array;
  readonly states: Uint8Array;
  /** Monotonic ms of the last sign of life. */
  readonly seenAtMs: Float64Array;
  /** Whether a ping was sent since. */
  readonly pinged: Uint8Array;
  /** Whether the device said that it is in the background. */
  readonly background: Uint8Array;
  readonly #framings: Uint8Array;
  /** Connections by the index of their framing. */
  readonly #users = new Uint32Array(SUBPROTOCOLS.length);
  readonly #sockets: (Socket | undefined)[];
  readonly #free: number[] = [];
  readonly #byUser = new Map<number, number[]>();
  /** Slots from here on were never used. */
  #fresh = 0;
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.userIds = new Float64Array(capacity);
    this.generations = new Float64Array(capacity);
    this.delivered = new Float64Array(capacity);
    this.held = new Float64Array(capacity);
    this.states = new Uint8Array(capacity);
    this.seenAtMs = new Float64Array(capacity);
    this.pinged = new Uint8Array(capacity);
    this.background = new Uint8Array(capacity);
    this.#framings = new Uint8Array(capacity);
    this.#sockets = new Array(capacity);
  }

  get full(): boolean {
    return this.count >= this.capacity;
  }

  add(socket: Socket, nowMs: number): number {
    const slot = this.#free.pop() ?? this.#fresh++;
    const { userId, framing } = socket.data;
    this.#sockets[slot] = socket;
    this.userIds[slot] = userId;
    this.generations[slot] = 0;
    this.delivered[slot] = 0;
    this.held[slot] = 0;
    this.states[slot] = STATE.joining;
    this.seenAtMs[slot] = nowMs;
    this.pinged[slot] = 0;
    this.background[slot] = 0;
    this.#framings[slot] = framing === undefined ? 0 : SUBPROTOCOLS.indexOf(framing);
    this.#count(slot, 1);
    const slots = this.#byUser.get(userId);
    if (slots === undefined) this.#byUser.set(userId, [slot]);
    else slots.push(slot);
    this.count += 1;
    return slot;
  }

  remove(slot: number): void {
    const userId = this.userIds[slot] as number;
    const slots = this.#byUser.get(userId) ?? [];
    slots.splice(slots.indexOf(slot), 1);
    if (slots.length === 0) this.#byUser.delete(userId);
    this.#count(slot, -1);
    this.#sockets[slot] = undefined;
    this.#free.push(slot);
    this.count -= 1;
  }

  socket(slot: number): Socket | undefined {
    return this.#sockets[slot];
  }

  framing(slot: number): Subprotocol {
    return SUBPROTOCOLS[this.#framings[slot] as number] as Subprotocol;
  }

  setFraming(slot: number, framing: Subprotocol): void {
    this.#count(slot, -1);
    this.#framings[slot] = SUBPROTOCOLS.indexOf(framing);
    this.#count(slot, 1);
  }

  /** Whether a connection has the framing with this index. */
  uses(index: number): boolean {
    return (this.#users[index] as number) > 0;
  }

  #count(slot: number, change: number): void {
    const index = this.#framings[slot] as number;
    this.#users[index] = (this.#users[index] as number) + change;
  }

  /** The slots of a user's connections here. */
  ofUser(userId: number): readonly number[] {
    return this.#byUser.get(userId) ?? NO_SLOTS;
  }

  /** Calls for each connection, in no order. */
  each(visit: (slot: number, socket: Socket) => void): void {
    for (let slot = 0; slot < this.#fresh; slot++) {
      const socket = this.#sockets[slot];
      if (socket !== undefined) visit(slot, socket);
    }
  }

  /** The connection with this generation, −1 when it is gone. */
  find(userId: number, generation: number): number {
    for (const slot of this.ofUser(userId)) if (this.generations[slot] === generation) return slot;
    return -1;
  }
}

const NO_SLOTS: readonly number[] = [];
