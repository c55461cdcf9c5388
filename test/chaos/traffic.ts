/**
 * What clients do while parts die: each sends to friends and groups, reads now and then, and takes
 * back, edits or reacts to what was said.
 */
import { pause } from "../../src/base/backoff.ts";
import type { Actor } from "./actor.ts";
import { Operator } from "./operator.ts";
import type { Random } from "./random.ts";

/** Sends of one client that wait for their answers at most. */
const IN_FLIGHT_MAX = 6;
const READ_SHARE = 0.1;
/** So many operations on messages for each send. */
const OPERATION_SHARE = 0.12;
/**
 * Operations of one client that wait for their outcome at most: each is a transaction of its own,
 * and one that is asked again too early is one more.
 */
const OPERATING_MAX = 1;

export class Traffic {
  readonly #actors: readonly Actor[];
  readonly #meanMs: number;
  #going = true;
  #loops: Promise<unknown>;

  /** `perSecond`: sends of all clients together. */
  constructor(actors: readonly Actor[], perSecond: number, random: Random) {
    this.#actors = actors;
    this.#meanMs = (actors.length * 1000) / perSecond;
    this.#loops = Promise.all(actors.map((actor) => this.#loop(actor, random.fork())));
  }

  /** Sends without an answer. */
  get inFlight(): number {
    let sum = 0;
    for (const actor of this.#actors) sum += actor.inFlight;
    return sum;
  }

  get online(): number {
    return this.#actors.filter((actor) => actor.client.state.name === "online").length;
  }

  /** No more sends from here on; what is under way goes on. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#loops;
  }

  async #loop(actor: Actor, random: Random): Promise<void> {
    const newest = new Map<number, number>();
    actor.client.on("message", ({ envelope }) => {
      const { route, messageExtra } = envelope;
      const seq = messageExtra?.conversationSeq;
      if (route?.conversationId !== undefined && seq !== undefined) {
        newest.set(route.conversationId, seq);
      }
    });
    const operator = new Operator(actor, random.fork());
    await pause(random.next() * this.#meanMs);
    while (this.#going) {
      if (random.chance(READ_SHARE) && newest.size > 0) {
        const [conversationId, seq] = random.pick([...newest]);
        void actor.read(conversationId, seq);
      }
      if (actor.inFlight < IN_FLIGHT_MAX && actor.lanes.length > 0) {
        void actor.send(random.pick(actor.lanes));
        const operates = random.chance(OPERATION_SHARE) && actor.operating < OPERATING_MAX;
        if (operates) operator.next();
      }
      await pause(this.#meanMs * random.between(0.5, 1.5));
    }
  }
}
