/**
 * What stands in for the package `postgres`: a pool of sessions of the store model, with the traits
 * of that driver that matter: it queues, it reconnects in silence, a lost connection rejects what
 * was under way.
 */
import { pause } from "../../src/base/backoff.ts";
import { parseBinaryArray, statementText } from "./sql-text.ts";
import type { SimProcess } from "./scheduler.ts";
import type { Row } from "./statement.ts";
import { isSqlError, type Session, type StoreServer } from "./store-model.ts";
import { SqlError } from "./tables.ts";

interface Job {
  text: string;
  params: readonly unknown[];
  resolve: (rows: Row[]) => void;
  reject: (error: unknown) => void;
}

/** One place of the pool: a session while there is one, and what is under way on it. */
class Place {
  readonly #server: StoreServer;
  readonly #owner: SimProcess;
  #session: Session | undefined;
  #job: Job | undefined;
  reserved = false;
  /** A transaction's session is gone: what is left of it fails. */
  #broken = false;

  constructor(server: StoreServer, owner: SimProcess) {
    this.#server = server;
    this.#owner = owner;
  }

  get idle(): boolean {
    return this.#job === undefined && !this.reserved;
  }

  run(job: Job, done: () => void): void {
    const finished: Job = {
      ...job,
      resolve: (rows) => this.#finish(done, () => job.resolve(rows)),
      reject: (error) => this.#finish(done, () => job.reject(error)),
    };
    this.#job = finished;
    if (job.text === "BEGIN" || !this.reserved) this.#broken = false;
    if (this.#broken) return finished.reject(new SqlError("CONNECTION_CLOSED", "is gone"));
    if (this.#session === undefined) this.#connect(finished);
    else this.#send(this.#session, finished);
  }

  end(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const { scheduler } = this.#server;
    session.onEnd = () => {};
    scheduler.at(scheduler.outside, this.#server.arrival(this.#owner), "end", () =>
      this.#server.end(session, ""),
    );
    this.#job?.reject(new SqlError("CONNECTION_DESTROYED", "the connection was ended"));
  }

  #finish(done: () => void, tell: () => void): void {
    this.#job = undefined;
    tell();
    done();
  }

  #connect(job: Job): void {
    const server = this.#server;
    const { scheduler } = server;
    scheduler.at(scheduler.outside, server.arrival(this.#owner), "connect", () => {
      const session = server.open(this.#owner);
      scheduler.at(this.#owner, server.arrival(this.#owner), "connected", () => {
        if (this.#job !== job) return;
        if (session === undefined) return job.reject(new SqlError("ECONNREFUSED", "no store"));
        if (!session.alive) return job.reject(new SqlError("CONNECTION_CLOSED", "ended at once"));
        this.#session = session;
        session.onEnd = (code) => this.#ended(session, code);
        this.#send(session, job);
      });
    });
  }

  #ended(session: Session, code: string): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#broken = true;
    this.#job?.reject(new SqlError(code, "the connection was lost"));
  }

  #send(session: Session, job: Job): void {
    const server = this.#server;
    const { scheduler } = server;
    const arrival = server.arrival(this.#owner);
    const execute = (): void => this.#execute(session, job);
    scheduler.at(scheduler.outside, arrival, "query", execute);
    if (!server.answersFirst(job.text)) return;
    scheduler.at(this.#owner, arrival, "rows", () => {
      if (this.#job === job) job.resolve([]);
    });
  }

  #execute(session: Session, job: Job): void {
    const server = this.#server;
    const { scheduler } = server;
    if (!session.alive) return;
    if (server.frozenUntil > scheduler.now) {
      scheduler.at(scheduler.outside, server.frozenUntil, "query", () =>
        this.#execute(session, job),
      );
      return;
    }
    const trap = server.isCommit(session, job.text) ? session.trap : "";
    if (trap !== "") session.trap = "";
    if (trap === "before") return server.end(session, "CONNECTION_CLOSED");
    let tell: () => void;
    try {
      const rows = server.execute(session, job.text, job.params);
      tell = () => job.resolve(rows);
    } catch (error) {
      if (!isSqlError(error)) server.problem ??= error as Error;
      const note = isSqlError(error) ? error.code : String(error);
      scheduler.trace.note(scheduler.now, `${this.#owner.name}: ${note}`);
      tell = () => job.reject(error);
    }
    if (trap === "after") return server.end(session, "CONNECTION_CLOSED");
    scheduler.at(this.#owner, server.arrival(this.#owner), "rows", () => {
      if (this.#job === job) tell();
    });
  }
}

/** A pool of at most `max` sessions; its owner is the process that opened it. */
export class StorePool {
  readonly #places: Place[] = [];
  readonly #waiting: { job: Job; place: Place | undefined }[] = [];
  #ended = false;

  constructor(server: StoreServer, owner: SimProcess, max: number) {
    for (let i = 0; i < max; i++) this.#places.push(new Place(server, owner));
  }

  query(text: string, params: readonly unknown[], place?: Place): Promise<Row[]> {
    if (this.#ended) return Promise.reject(new SqlError("CONNECTION_ENDED", "the pool was ended"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job: { text, params, resolve, reject }, place });
      this.#pump();
    });
  }

  /** Runs `body` with a place of its own: BEGIN, COMMIT or ROLLBACK around it. */
  async begin<Value>(body: (sql: Tag) => Promise<Value>): Promise<Value> {
    const place = await this.#reserve();
    try {
      await this.query("BEGIN", [], place);
      let value: Value;
      try {
        value = await body(tagOf((text, params) => this.query(text, params, place)));
      } catch (error) {
        await this.query("ROLLBACK", [], place).catch(() => {});
        throw error;
      }
      await this.query("COMMIT", [], place);
      return value;
    } finally {
      place.reserved = false;
      this.#pump();
    }
  }

  end(): Promise<void> {
    this.#ended = true;
    const waiting = this.#waiting.splice(0);
    for (const { job } of waiting) {
      job.reject(new SqlError("CONNECTION_ENDED", "the pool was ended"));
    }
    for (const place of this.#places) place.end();
    return Promise.resolve();
  }

  async #reserve(): Promise<Place> {
    for (;;) {
      const place = this.#places.find((candidate) => candidate.idle);
      if (place !== undefined) {
        place.reserved = true;
        return place;
      }
      await pause(1);
    }
  }

  #pump(): void {
    for (let at = 0; at < this.#waiting.length; ) {
      const { job, place: own } = this.#waiting[at] as { job: Job; place: Place | undefined };
      const place = own ?? this.#places.find((candidate) => candidate.idle);
      if (place === undefined) return;
      this.#waiting.splice(at, 1);
      place.run(job, () => this.#pump());
    }
  }
}

type Run = (text: string, params: readonly unknown[]) => Promise<Row[]>;
export type Tag = ReturnType<typeof tagOf>;

function tagOf(run: Run) {
  const tag = (strings: TemplateStringsArray, ...params: unknown[]) =>
    run(statementText(strings), params);
  return Object.assign(tag, {
    array: (array: readonly unknown[]) => ({ array }),
    typed: (value: Buffer) => parseBinaryArray(value),
  });
}

/** The default export of the package, for the world of the moment. */
export function storeSql(server: StoreServer, owner: SimProcess, max: number) {
  const pool = new StorePool(server, owner, max);
  return Object.assign(
    tagOf((text, params) => pool.query(text, params)),
    {
      begin: <Value>(body: (sql: Tag) => Promise<Value>) => pool.begin(body),
      end: () => pool.end(),
    },
  );
}
