/** A TCP proxy whose network can be made bad: delayed, slow, cut, stalled, half-open, unread. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { pause } from "../../src/base/backoff.ts";

interface Pair {
  near: Socket;
  far: Socket | undefined;
  dialing: boolean;
  /** Its near side is gone and nobody has told the far side. */
  abandoned: boolean;
}

export class Proxy {
  readonly #server: Server;
  /** The port that a new connection goes to; asked for each, in turn until one takes it. */
  readonly #targets: () => readonly number[];
  readonly #pairs = new Set<Pair>();
  #isCut = false;
  #isStalled = false;
  #isDeaf = false;
  #cutWords: string | undefined;
  #delayMs = 0;
  #bytesPerSecond = Infinity;
  port = 0;

  private constructor(targets: () => readonly number[]) {
    this.#targets = targets;
    this.#server = createServer((near) => this.#accept(near));
  }

  static async open(targets: () => readonly number[]): Promise<Proxy> {
    const proxy = new Proxy(targets);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject);
      proxy.#server.listen(0, "127.0.0.1", () => resolve());
    });
    proxy.port = (proxy.#server.address() as { port: number }).port;
    return proxy;
  }

  /** Whether one of the connections leaves this machine's port for the far side. */
  comesFrom(port: number): boolean {
    for (const { far } of this.#pairs) if (far?.localPort === port) return true;
    return false;
  }

  /** Ends every connection, and takes no new one until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.drop();
  }

  /** Ends every connection once. */
  drop(): void {
    for (const pair of [...this.#pairs]) if (!pair.abandoned) this.#end(pair);
  }

  /** Not a byte more in either direction, and nobody is told; what was sent waits. */
  stall(): void {
    this.#isStalled = true;
    for (const { near, far } of this.#pairs) {
      near.pause();
      far?.pause();
    }
  }

  /**
   * Cuts all at the moment at which the near side says these words, which never arrive; so an end
   * can be put between two steps. False when they were not said in time.
   */
  async cutBefore(words: string, waitMs: number): Promise<boolean> {
    this.#cutWords = words;
    const endMs = performance.now() + waitMs;
    while (!this.#isCut && performance.now() < endMs) await pause(1);
    this.#cutWords = undefined;
    return this.#isCut;
  }

  /** What the far side sends is no longer taken from it. */
  stopReading(): void {
    this.#isDeaf = true;
    for (const { far } of this.#pairs) far?.pause();
  }

  worsen(options: { delayMs?: number; bytesPerSecond?: number }): void {
    this.#delayMs = options.delayMs ?? 0;
    this.#bytesPerSecond = options.bytesPerSecond ?? Infinity;
  }

  /** Everything flows again, also what waited. */
  mend(): void {
    this.#isCut = false;
    this.#delayMs = 0;
    this.#bytesPerSecond = Infinity;
    this.#isStalled = false;
    this.#isDeaf = false;
    for (const pair of this.#pairs) {
      if (pair.abandoned) continue;
      if (pair.far !== undefined) {
        pair.far.resume();
        pair.near.resume();
      } else if (!pair.dialing) this.#dial(pair, 0);
    }
  }

  /** The near sides end, and the far sides never hear of it: half-open until `close`. */
  abandon(): void {
    for (const pair of [...this.#pairs]) {
      pair.abandoned = true;
      pair.far?.pause();
      pair.near.destroy();
      if (pair.far === undefined) this.#pairs.delete(pair);
    }
    this.#isStalled = false;
  }

  /** Lets go of what was abandoned: the far sides hear of it now. */
  release(): void {
    for (const pair of [...this.#pairs]) if (pair.abandoned) this.#end(pair);
  }

  close(): void {
    for (const pair of [...this.#pairs]) this.#end(pair);
    this.#server.close();
  }

  #accept(near: Socket): void {
    near.on("error", () => {});
    if (this.#isCut) return void near.destroy();
    near.setNoDelay(true);
    const pair: Pair = { near, far: undefined, dialing: false, abandoned: false };
    this.#pairs.add(pair);
    near.on("close", () => {
      if (!pair.abandoned) this.#end(pair);
    });
    near.pause();
    if (!this.#isStalled) this.#dial(pair, 0);
  }

  /** Takes the first target that answers. */
  #dial(pair: Pair, attempt: number): void {
    const port = this.#targets()[attempt];
    pair.dialing = true;
    if (port === undefined) return this.#end(pair);
    const far = connect({ host: "127.0.0.1", port });
    far.setNoDelay(true);
    let stands = false;
    far.on("connect", () => {
      stands = true;
      if (!this.#pairs.has(pair)) return void far.destroy();
      pair.far = far;
      this.#carry(pair.near, far, () => !this.#isStalled);
      this.#carry(far, pair.near, () => !this.#isStalled && !this.#isDeaf && !pair.abandoned);
      if (this.#isStalled) far.pause();
      else pair.near.resume();
    });
    far.on("error", () => {});
    far.on("close", () => {
      if (stands) this.#end(pair);
      else if (this.#pairs.has(pair)) this.#dial(pair, attempt + 1);
    });
  }

  #carry(from: Socket, to: Socket, mayFlow: () => boolean): void {
    let late = 0;
    let tail = Promise.resolve();
    to.on("drain", () => {
      if (mayFlow()) from.resume();
    });
    from.on("data", (chunk: Buffer) => {
      if (this.#cutWords !== undefined && chunk.includes(this.#cutWords)) return this.cut();
      const lateMs = this.#delayMs + (chunk.length / this.#bytesPerSecond) * 1000;
      if (lateMs === 0 && late === 0) {
        if (!to.write(chunk)) from.pause();
        return;
      }
      // One after the other, and nothing more is read until all have gone.
      late += 1;
      from.pause();
      tail = tail
        .then(() => pause(lateMs))
        .then(() => {
          late -= 1;
          to.write(chunk);
          if (late === 0 && mayFlow()) from.resume();
        });
    });
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far?.destroy();
  }
}
