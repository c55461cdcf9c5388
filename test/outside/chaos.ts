/** Takes clients away at random moments and brings them back, from a seed. */

import type { Follower } from "./follower.ts";
import { inParallel, reasonOf, seeded, until, wait } from "../support/pace.ts";

const aliveMs = { least: 50, spread: 400 };
const awayMs = { least: 50, spread: 2000 };

export class Chaos {
  drops = 0;
  readonly #followers: readonly Follower[];
  readonly #random: () => number;
  readonly #lanes: number;
  readonly #busy = new Set<Follower>();
  #going = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(followers: readonly Follower[], seed: number, lanes: number) {
    this.#followers = followers;
    this.#random = seeded(seed);
    this.#lanes = lanes;
  }

  start(): void {
    this.#going = true;
    this.#work = Promise.all(Array.from({ length: this.#lanes }, () => this.#lane()));
  }

  /** Ends the disturbance and brings everyone back. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#work;
    await inParallel(this.#followers, 20, async (follower) => {
      await until(() => follower.isOnline, 10_000);
    });
  }

  async #lane(): Promise<void> {
    while (this.#going) {
      await wait(aliveMs.least + this.#random() * aliveMs.spread);
      const follower = this.#followers[Math.floor(this.#random() * this.#followers.length)];
      if (!follower?.isOnline || this.#busy.has(follower)) continue;
      this.#busy.add(follower);
      this.drops += 1;
      follower.drop(this.#random() < 0.5);
      await wait(awayMs.least + this.#random() * awayMs.spread);
      await follower.start().catch((error: unknown) => follower.faults.push(reasonOf(error)));
      this.#busy.delete(follower);
    }
  }
}
