/**
 * The Redis model's server: streams, counters, hashes and the list of gateways, with the scripts of
 * src/redis/lua carried out in TypeScript. It can be away, freeze, refuse writes, and lose its tail
 * or everything.
 */
import type { Random } from "../chaos/random.ts";
import { GATEWAYS, STREAM } from "../../src/redis/keys.ts";
import { SCRIPT } from "../../src/redis/scripts.ts";
import type { Scheduler, SimProcess } from "./scheduler.ts";
import { ModelError } from "./store-model.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);

interface Entry {
  ms: number;
  part: number;
  fields: readonly [Buffer, Buffer, Buffer, Buffer];
}

interface Stream {
  entries: Entry[];
  lastMs: number;
  lastPart: number;
}

/** What a snapshot keeps. */
interface Contents {
  counters: Map<string, number>;
  streams: Map<string, Stream>;
  hashes: Map<string, Map<string, string>>;
  scores: Map<string, number>;
  expiry: Map<string, number>;
}

type Reply = unknown;
export type Keys = readonly string[];
export type Arguments = readonly (string | Buffer)[];

/** A reader that waits for a stream; answered at once when something comes. */
export interface Blocked {
  key: string;
  after: string;
  count: number;
  answer: (reply: Reply) => void;
}

export class RedisRefusal extends Error {}

export class RedisServer {
  readonly scheduler: Scheduler;
  readonly random: Random;
  up = true;
  frozenUntil = 0;
  refusesWrites = false;
  readonly cutUntil = new Map<SimProcess, number>();
  readonly blocked = new Set<Blocked>();
  /** Told of every entry that the writer deletes. */
  onSettled: (firstSeqs: string, payload: Buffer) => void = () => {};
  #held: Contents = empty();

  constructor(scheduler: Scheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  arrival(process: SimProcess): number {
    const { scheduler, random } = this;
    const slow = random.chance(0.02) ? random.between(2, 30) : 0;
    const time = scheduler.now + random.between(0.03, 0.4) + slow;
    return Math.max(time, this.cutUntil.get(process) ?? 0);
  }

  snapshot(): Contents {
    const { counters, streams, hashes, scores, expiry } = this.#held;
    return {
      counters: new Map(counters),
      streams: new Map([...streams].map(([k, s]) => [k, { ...s, entries: [...s.entries] }])),
      hashes: new Map([...hashes].map(([k, h]) => [k, new Map(h)])),
      scores: new Map(scores),
      expiry: new Map(expiry),
    };
  }

  restore(contents: Contents): void {
    this.#held = contents;
  }

  clear(): void {
    this.#held = empty();
  }

  /** Entries that are not settled. */
  get backlog(): number {
    return this.#held.streams.get(STREAM)?.entries.length ?? 0;
  }

  script(sha: string, keys: Keys, given: Arguments): Reply {
    for (const key of keys) this.#dropExpired(key);
    switch (sha) {
      case SCRIPT.append.sha:
        return this.#append(keys, given);
      case SCRIPT.settle.sha:
        return this.#settle(keys, given);
      case SCRIPT.deliver.sha:
        return this.#deliver(keys, given);
      case SCRIPT.renew.sha:
        return this.#renew(keys, given);
      case SCRIPT.register.sha:
        return this.#register(given);
      case SCRIPT.presenceJoin.sha:
        return this.#presenceJoin(keys, given.map(String));
      case SCRIPT.presenceLeave.sha:
        return this.#presenceLeave(keys, given.map(String));
      default:
        throw new ModelError(`a script that the model doesn't know: ${sha}`);
    }
  }

  command(given: Arguments): Reply {
    const [name, ...rest] = given.map(String) as [string, ...string[]];
    switch (name) {
      case "XLEN":
        return this.#stream(rest[0] as string)?.entries.length ?? 0;
      case "HMGET":
        return rest.slice(1).map((field) => {
          const value = this.#held.hashes.get(rest[0] as string)?.get(field);
          return value === undefined ? null : Buffer.from(value);
        });
      case "ZRANGE":
        return [...this.#held.scores]
          .sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
          .map(([id]) => Buffer.from(id));
      case "HSCAN":
        // The sweep for dead gateways finds nothing: no schedule lasts long enough for one.
        return [Buffer.from("0"), []];
      case "ZREM":
        return this.#held.scores.delete(rest[1] as string) ? 1 : 0;
      case "DEL":
        for (const key of rest) this.#drop(key);
        return rest.length;
      default:
        throw new ModelError(`a command that the model doesn't know: ${name}`);
    }
  }

  /** Entries after an id; undefined when there are none. */
  read(key: string, after: string, count: number): Reply {
    const [ms, part] = idOf(after);
    const entries = this.#stream(key)?.entries ?? [];
    const found = entries
      .filter((entry) => entry.ms > ms || (entry.ms === ms && entry.part > part))
      .slice(0, count);
    if (found.length === 0) return undefined;
    const rows = found.map((entry) => [Buffer.from(`${entry.ms}-${entry.part}`), entry.fields]);
    return [[Buffer.from(key), rows]];
  }

  /** Microseconds since 1970. */
  #time(): number {
    return Math.floor((EPOCH_MS + this.scheduler.now) * 1000);
  }

  #append(keys: Keys, given: Arguments): Reply {
    if (this.refusesWrites) throw new RedisRefusal("OOM command not allowed");
    const [payload, entriesMax, bytesMax] = given as [Buffer, string, string, string];
    const [stream, bytes, ...counters] = keys as [string, string, ...string[]];
    if ((this.#stream(stream)?.entries.length ?? 0) >= Number(entriesMax))
      return Buffer.from("FULL");
    const held = this.#held.counters.get(bytes) ?? 0;
    if (held + payload.length > Number(bytesMax)) return Buffer.from("FULL");
    const firsts = counters.map((key, at) => {
      const count = Number(given[at + 4]);
      const before = this.#held.counters.get(key) ?? 0;
      this.#held.counters.set(key, before + count);
      if (before === 0) this.#expire(key, Number(given[3]) * 1000);
      return before;
    });
    this.#held.counters.set(bytes, held + payload.length);
    const id = this.#add(stream, ["s", firsts.join(","), "p", payload]);
    return Buffer.from(id);
  }

  #settle(keys: Keys, given: Arguments): Reply {
    const count = Number(given[2]);
    const ids = new Set(given.slice(3, 3 + count).map(String));
    const [stream, bytes, ...counters] = keys as [string, string, ...string[]];
    const held = this.#stream(stream);
    const before = held?.entries.length ?? 0;
    if (held !== undefined) {
      for (const { ms, part, fields } of held.entries) {
        if (ids.has(`${ms}-${part}`)) this.onSettled(String(fields[1]), fields[3]);
      }
      held.entries = held.entries.filter(({ ms, part }) => !ids.has(`${ms}-${part}`));
    }
    const left = held?.entries.length ?? 0;
    if (left === 0) this.#drop(bytes);
    else if (left < before) {
      const sum = this.#held.counters.get(bytes) ?? 0;
      this.#held.counters.set(bytes, sum - Number(given[0]));
    }
    for (const [at, key] of counters.entries()) {
      this.#held.counters.set(key, Number(given[count + at + 3]));
      this.#expire(key, Number(given[1]) * 1000);
    }
    return before - left;
  }

  #deliver(keys: Keys, given: Arguments): Reply {
    const [stream, counter] = keys as [string, string];
    const before = this.#held.counters.get(counter);
    if (before === undefined) return 0;
    this.#held.counters.set(counter, before + 1);
    this.#add(stream, ["n", String(before + 1), "p", given[0] as Buffer]);
    const held = this.#stream(stream) as Stream;
    held.entries = held.entries.slice(-Number(given[1]));
    const until = this.#held.expiry.get(counter);
    if (until !== undefined) this.#held.expiry.set(stream, until);
    return before + 1;
  }

  #renew(keys: Keys, given: Arguments): Reply {
    const [counter, stream] = keys as [string, string];
    const stood = this.#held.counters.has(counter);
    if (!stood) this.#held.counters.set(counter, Number(given[1]));
    this.#expire(counter, Number(given[0]));
    if (this.#held.streams.has(stream)) this.#expire(stream, Number(given[0]));
    return [stood ? 1 : 0, this.#held.counters.get(counter)];
  }

  #register(given: Arguments): Reply {
    const nowMs = Math.floor(this.#time() / 1000);
    for (const [id, until] of this.#held.scores) {
      if (until <= nowMs) this.#held.scores.delete(id);
    }
    this.#held.scores.set(String(given[0]), nowMs + Number(given[1]));
    return this.#held.scores.size;
  }

  #presenceJoin(keys: Keys, [user, device, gateway, asked]: string[]): Reply {
    const hash = this.#hash(keys[0] as string);
    const kept: string[] = [];
    let replaced = "";
    let generation = Number(asked);
    for (const part of partsOf(hash.get(user as string))) {
      const [, name, at, number] = /^([^=]*)=([^/]*)\/(\d+)$/.exec(part) ?? [];
      if (name === device) {
        const last = Number(number);
        replaced = `${at}/${number}`;
        if (generation > 0 && last > generation) return [0, Buffer.alloc(0)];
        if (generation === last) replaced = "";
        if (generation === 0) generation = last + 1;
      } else if (name !== undefined) {
        kept.push(part);
      }
    }
    if (asked === "0") generation = Math.max(generation, this.#time());
    kept.push(`${device}=${gateway}/${generation}`);
    hash.set(user as string, kept.join(","));
    return [generation, Buffer.from(replaced)];
  }

  #presenceLeave(keys: Keys, [user, device, generation, gateway]: string[]): Reply {
    const hash = this.#hash(keys[0] as string);
    const gone = `${device}=${gateway}/${generation}`;
    const parts = partsOf(hash.get(user as string));
    if (!parts.includes(gone)) return 0;
    const kept = parts.filter((part) => part !== gone);
    if (kept.length === 0) hash.delete(user as string);
    else hash.set(user as string, kept.join(","));
    return 1;
  }

  #add(key: string, fields: readonly [string, string, string, Buffer]): string {
    let stream = this.#stream(key);
    if (stream === undefined) {
      stream = { entries: [], lastMs: 0, lastPart: 0 };
      this.#held.streams.set(key, stream);
    }
    const nowMs = Math.floor(this.#time() / 1000);
    if (nowMs > stream.lastMs) {
      stream.lastMs = nowMs;
      stream.lastPart = 0;
    } else {
      stream.lastPart += 1;
    }
    const [first, second, third, payload] = fields;
    const kept = [Buffer.from(first), Buffer.from(second), Buffer.from(third), payload] as const;
    stream.entries.push({ ms: stream.lastMs, part: stream.lastPart, fields: kept });
    for (const waiting of [...this.blocked]) {
      if (waiting.key !== key) continue;
      const reply = this.read(key, waiting.after, waiting.count);
      if (reply === undefined) continue;
      this.blocked.delete(waiting);
      waiting.answer(reply);
    }
    return `${stream.lastMs}-${stream.lastPart}`;
  }

  #stream(key: string): Stream | undefined {
    this.#dropExpired(key);
    return this.#held.streams.get(key);
  }

  #hash(key: string): Map<string, string> {
    let hash = this.#held.hashes.get(key);
    if (hash === undefined) {
      hash = new Map();
      this.#held.hashes.set(key, hash);
    }
    return hash;
  }

  #expire(key: string, ms: number): void {
    this.#held.expiry.set(key, this.scheduler.now + ms);
  }

  #dropExpired(key: string): void {
    const until = this.#held.expiry.get(key);
    if (until !== undefined && until <= this.scheduler.now) this.#drop(key);
  }

  #drop(key: string): void {
    this.#held.counters.delete(key);
    this.#held.streams.delete(key);
    this.#held.expiry.delete(key);
    if (key === GATEWAYS) this.#held.scores.clear();
  }
}

function empty(): Contents {
  return {
    counters: new Map(),
    streams: new Map(),
    hashes: new Map(),
    scores: new Map(),
    expiry: new Map(),
  };
}

function idOf(text: string): readonly [number, number] {
  const [ms, part] = text.split("-");
  return [Number(ms), Number(part ?? "0")];
}

function partsOf(value: string | undefined): string[] {
  return value === undefined || value === "" ? [] : value.split(",");
}
