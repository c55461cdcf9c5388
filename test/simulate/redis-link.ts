/** A process's connection to the Redis model: what the product sees as RedisConnection. */
import { ErrorReply, SocketClosedUnexpectedlyError } from "redis";
import type { RedisArgument, RedisConnection, RedisScript } from "../../src/redis/client.ts";
import { type Blocked, RedisRefusal, type RedisServer } from "./redis-model.ts";
import type { SimProcess } from "./scheduler.ts";

interface Call {
  carryOut: () => unknown;
  /** Of a read that waits. */
  blocked: Blocked | undefined;
  blockMs: number;
  state: "sent" | "done";
  resolve: (reply: unknown) => void;
  reject: (error: unknown) => void;
}

export class RedisLink implements RedisConnection {
  readonly server: RedisServer;
  readonly owner: SimProcess;
  ready = false;
  /** Whether the connection breaks at its next script call, before or after it is carried out. */
  trap: "" | "before" | "after" = "";
  readonly #calls = new Set<Call>();
  #lastSent = 0;
  #lastReply = 0;
  /** Of the connection of the moment: what belongs to an earlier one is nothing to this one. */
  #life = 0;
  #closed = false;

  constructor(server: RedisServer, owner: SimProcess) {
    this.server = server;
    this.owner = owner;
    this.#connect();
  }

  command<T>(given: RedisArgument[]): Promise<T> {
    if (given[0] === "XREAD") return this.#read<T>(given.map(String));
    const copy = given.map(copied);
    return this.#ask<T>(() => this.server.command(copy), undefined, 0);
  }

  script<T>(script: RedisScript, keys: RedisArgument[], given: RedisArgument[]): Promise<T> {
    const names = keys.map(String);
    const copy = given.map(copied);
    return this.#ask<T>(() => this.server.script(script.sha, names, copy), undefined, 0);
  }

  async everyNode<T>(given: RedisArgument[]): Promise<T[]> {
    return [await this.command<T>(given)];
  }

  close(): void {
    this.#closed = true;
    this.cut();
  }

  /** The connection breaks: what was under way may have been carried out, or not. */
  cut(): void {
    const life = ++this.#life;
    const { scheduler, random } = this.server;
    let lost = false;
    for (const call of this.#calls) {
      if (call.blocked !== undefined) this.server.blocked.delete(call.blocked);
      lost ||= random.chance(0.5);
      // What lies in the server's buffer is carried out, though nobody hears of it.
      if (call.state === "sent" && call.blocked === undefined && !lost && this.server.up) {
        call.state = "done";
        try {
          call.carryOut();
        } catch {
          // Refused, unheard.
        }
      }
      call.state = "done";
    }
    scheduler.at(this.owner, this.server.arrival(this.owner), "redis gone", () => {
      if (this.#life !== life) return;
      this.ready = false;
      const calls = [...this.#calls];
      this.#calls.clear();
      for (const call of calls) call.reject(new SocketClosedUnexpectedlyError());
      if (!this.#closed) this.#connect();
    });
  }

  #connect(): void {
    const { scheduler, random } = this.server;
    const life = this.#life;
    const time = this.server.arrival(this.owner) + random.between(5, 120);
    scheduler.at(this.owner, time, "redis connect", () => {
      if (this.#life !== life || this.#closed) return;
      if (!this.server.up || (this.server.cutUntil.get(this.owner) ?? 0) > scheduler.now) {
        return this.#connect();
      }
      this.ready = true;
    });
  }

  #read<T>(given: string[]): Promise<T> {
    const [, , count, , blockMs, , key, after] = given as [string, ...string[]];
    let call: Call | undefined;
    const blocked: Blocked = {
      key: key as string,
      after: after as string,
      count: Number(count),
      answer: (reply) => {
        if (call !== undefined) this.#reply(call, reply);
      },
    };
    const carryOut = () => this.server.read(blocked.key, blocked.after, blocked.count);
    return this.#ask<T>(carryOut, blocked, Number(blockMs), (made) => {
      call = made;
    });
  }

  #ask<T>(
    carryOut: () => unknown,
    blocked: Blocked | undefined,
    blockMs: number,
    made?: (call: Call) => void,
  ): Promise<T> {
    if (!this.ready) {
      const error = new Error("The client is offline");
      error.name = "ClientOfflineError";
      return Promise.reject(error);
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: Call = { carryOut, blocked, blockMs, state: "sent", resolve, reject };
    made?.(call);
    this.#calls.add(call);
    const { scheduler } = this.server;
    this.#lastSent = Math.max(this.#lastSent, this.server.arrival(this.owner));
    const life = this.#life;
    scheduler.at(scheduler.outside, this.#lastSent, "redis", () => this.#carryOut(call, life));
    return promise as Promise<T>;
  }

  #carryOut(call: Call, life: number): void {
    if (this.#life !== life || call.state === "done") return;
    const { scheduler, frozenUntil } = this.server;
    if (frozenUntil > scheduler.now) {
      scheduler.at(scheduler.outside, frozenUntil, "redis", () => this.#carryOut(call, life));
      return;
    }
    const trap = call.blocked === undefined ? this.trap : "";
    if (trap !== "") this.trap = "";
    if (trap === "before") {
      call.state = "done";
      return this.cut();
    }
    try {
      const reply = call.carryOut();
      call.state = "done";
      if (trap === "after") return this.cut();
      if (call.blocked === undefined || reply !== undefined) return this.#reply(call, reply);
      this.#block(call);
    } catch (error) {
      call.state = "done";
      if (!(error instanceof RedisRefusal)) throw error;
      this.#tell(call, () => call.reject(new ErrorReply(error.message)));
    }
  }

  #block(call: Call): void {
    const { scheduler, blocked } = this.server;
    const waiting = call.blocked as Blocked;
    blocked.add(waiting);
    scheduler.at(scheduler.outside, scheduler.now + call.blockMs, "redis block", () => {
      if (blocked.delete(waiting)) this.#reply(call, null);
    });
  }

  #reply(call: Call, reply: unknown): void {
    this.#tell(call, () => call.resolve(reply));
  }

  #tell(call: Call, tell: () => void): void {
    this.#lastReply = Math.max(this.#lastReply, this.server.arrival(this.owner));
    this.server.scheduler.at(this.owner, this.#lastReply, "redis reply", () => {
      if (this.#calls.delete(call)) tell();
    });
  }
}

function copied(argument: RedisArgument): RedisArgument {
  return typeof argument === "string" ? argument : Buffer.from(argument);
}
