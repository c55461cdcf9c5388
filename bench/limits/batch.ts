// One batch in flight, and while it is there the next one gathers.

export class Batches<Item> {
  readonly #carryOut: (items: readonly Item[]) => Promise<void>;
  readonly #most: number;
  #gathering: Item[] = [];
  #busy = false;
  #scheduled = false;

  constructor(most: number, carryOut: (items: readonly Item[]) => Promise<void>) {
    this.#most = most;
    this.#carryOut = carryOut;
  }

  add(item: Item): void {
    this.#gathering.push(item);
    if (this.#busy || this.#scheduled) return;
    // What arrives in the same turn of the event loop goes with the same batch.
    this.#scheduled = true;
    setImmediate(this.#start);
  }

  readonly #start = (): void => {
    this.#scheduled = false;
    this.#busy = true;
    this.#run().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  };

  async #run(): Promise<void> {
    while (this.#gathering.length > 0) {
      const items = this.#gathering.slice(0, this.#most);
      this.#gathering = this.#gathering.slice(this.#most);
      await this.#carryOut(items);
    }
    this.#busy = false;
  }
}
