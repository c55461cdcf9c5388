// A TCP proxy that looks at what a client sends, and stops it at words that a test waits for: then
// the test says whether it goes through or the connection ends there.
import { connect, createServer, type Server, type Socket } from "node:net";

/** Bytes that were stopped before they reached the service. */
export interface Held {
  pass(): void;
  /** Ends the connection: the service never sees them. */
  cut(): void;
}

interface Watch {
  words: string;
  resolve: (held: Held) => void;
}

export class WatchingProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #watches: Watch[] = [];
  /** What services answered, while `holdAnswers` keeps it back. */
  #answers: { near: Socket; chunk: Buffer }[] | undefined;
  port = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#accept(near));
  }

  static async open(target: number): Promise<WatchingProxy> {
    const proxy = new WatchingProxy(target);
    await new Promise<void>((done) => proxy.#server.listen(0, "127.0.0.1", done));
    proxy.port = (proxy.#server.address() as { port: number }).port;
    return proxy;
  }

  /** The address of the service, by way of this proxy. */
  through(url: string): string {
    const address = new URL(url);
    address.hostname = "127.0.0.1";
    address.port = `${this.port}`;
    return address.href;
  }

  /** Settles when a client sends these words; they wait here until the test has decided. */
  hold(words: string): Promise<Held> {
    return new Promise((resolve) => {
      this.#watches.push({ words, resolve });
    });
  }

  /** From here on no answer comes back, until `release`. */
  holdAnswers(): { said: () => string; release: () => void } {
    const answers: { near: Socket; chunk: Buffer }[] = [];
    this.#answers = answers;
    return {
      said: () => Buffer.concat(answers.map(({ chunk }) => chunk)).toString("latin1"),
      release: () => {
        this.#answers = undefined;
        for (const { near, chunk } of answers) near.write(chunk);
      },
    };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #accept(near: Socket): void {
    const far = connect(this.#target, "127.0.0.1");
    const end = () => {
      near.destroy();
      far.destroy();
      this.#sockets.delete(near);
      this.#sockets.delete(far);
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", end);
    }
    far.on("data", (chunk: Buffer) => {
      if (this.#answers !== undefined) this.#answers.push({ near, chunk });
      else near.write(chunk);
    });
    // What comes after held bytes waits behind them.
    const waiting: Buffer[] = [];
    let held = false;
    const send = (chunk: Buffer): void => {
      if (held) return void waiting.push(chunk);
      const watch = this.#watchFor(chunk);
      if (watch === undefined) return void far.write(chunk);
      held = true;
      const pass = () => {
        held = false;
        far.write(chunk);
        for (const next of waiting.splice(0)) send(next);
      };
      watch.resolve({ pass, cut: end });
    };
    near.on("data", send);
  }

  #watchFor(chunk: Buffer): Watch | undefined {
    const watch = this.#watches.find(({ words }) => chunk.includes(words, 0, "latin1"));
    if (watch !== undefined) this.#watches = this.#watches.filter((other) => other !== watch);
    return watch;
  }
}
