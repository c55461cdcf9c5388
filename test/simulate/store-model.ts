/**
 * The store model's server: tables, sessions, the advisory lock. It can be away, freeze, end a
 * session before or after it carried out a statement, and leave a session that is silent.
 */
import type { Random } from "../chaos/random.ts";
import { CHANGE_STATEMENTS } from "./change-statements.ts";
import { OPERATION_STATEMENTS } from "./operation-statements.ts";
import { READ_STATEMENTS } from "./read-statements.ts";
import type { Scheduler, SimProcess } from "./scheduler.ts";
import type { Row, Statement } from "./statement.ts";
import { type SqlError, Tables } from "./tables.ts";
import { WRITER_STATEMENTS } from "./writer-statements.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const SILENT_MS = 3000;
const STATEMENTS: readonly Statement[] = [
  ...WRITER_STATEMENTS,
  ...CHANGE_STATEMENTS,
  ...OPERATION_STATEMENTS,
  ...READ_STATEMENTS,
];

const byText = new Map<string, Statement>();

/** The one statement of the product that the text is; anything else is an error of the model. */
export function statementOf(text: string): Statement {
  const known = byText.get(text);
  if (known !== undefined) return known;
  const found = STATEMENTS.filter(({ piece }) =>
    piece.startsWith("^") ? text.startsWith(piece.slice(1)) : text.includes(piece),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new ModelError(`${found.length} statements of the model are this one: ${text}`);
  }
  byText.set(text, only);
  return only;
}

/** The simulation itself is wrong: never an outcome of a schedule. */
export class ModelError extends Error {}

interface OpenTransaction {
  tables: Tables;
  version: number;
  done: { statement: Statement; params: readonly unknown[]; text: string }[];
}

/** Where a session is ended at its next commit: as if the answer to it were lost. */
export type Trap = "" | "before" | "after";

export class Session {
  readonly server: StoreServer;
  readonly owner: SimProcess;
  readonly id: number;
  alive = true;
  /** Its `linnet.writer`. */
  writer: string | undefined;
  transaction: OpenTransaction | undefined;
  spokeAtMs: number;
  trap: Trap = "";
  /** Told when the server has ended the session. */
  onEnd: (code: string) => void = () => {};

  constructor(server: StoreServer, owner: SimProcess, id: number) {
    this.server = server;
    this.owner = owner;
    this.id = id;
    this.spokeAtMs = server.scheduler.now;
  }
}

export class StoreServer {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly sessions = new Set<Session>();
  tables = new Tables();
  up = true;
  frozenUntil = 0;
  holder: Session | undefined;
  takeovers = 0;
  commits = 0;
  /** Set when the model met what it doesn't know. */
  problem: Error | undefined;
  /** What a planted bug does to each statement's text. */
  rewrite: (text: string) => string = (text) => text;
  /** Of a planted bug: which statements are answered before they are carried out. */
  answersFirst: (text: string) => boolean = () => false;
  /** Until when a process can't reach this server. */
  readonly cutUntil = new Map<SimProcess, number>();
  #version = 0;
  #ids = 0;

  constructor(scheduler: Scheduler, random: Random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /** One way between a process and the server, ms from now on. */
  arrival(process: SimProcess): number {
    const { scheduler, random } = this;
    const slow = random.chance(0.02) ? random.between(5, 60) : 0;
    const time = scheduler.now + random.between(0.05, 0.8) + slow;
    return Math.max(time, this.cutUntil.get(process) ?? 0);
  }

  open(owner: SimProcess): Session | undefined {
    if (!this.up) return undefined;
    this.#ids += 1;
    const session = new Session(this, owner, this.#ids);
    this.sessions.add(session);
    return session;
  }

  /** Carries out a statement, or BEGIN, COMMIT, ROLLBACK. Throws what Postgres would answer. */
  execute(session: Session, given: string, params: readonly unknown[]): Row[] {
    session.spokeAtMs = this.scheduler.now;
    if (given === "BEGIN") return this.#begin(session);
    if (given === "COMMIT") return this.#commit(session);
    if (given === "ROLLBACK") {
      session.transaction = undefined;
      return [];
    }
    const text = this.rewrite(given);
    const statement = statementOf(given);
    const { transaction } = session;
    const tables = transaction?.tables ?? this.tables;
    const rows = statement.run({ tables, params, text, session, nowMs: this.nowMs() });
    if (transaction !== undefined) transaction.done.push({ statement, params, text });
    else if (isWrite(text)) this.#written(session);
    return rows;
  }

  nowMs(): number {
    return EPOCH_MS + this.scheduler.now;
  }

  isCommit(session: Session, text: string): boolean {
    if (text === "COMMIT") return true;
    return session.transaction === undefined && /^WITH (message|made) /.test(text);
  }

  #written(session: Session): void {
    this.#version += 1;
    this.commits += 1;
    this.scheduler.trace.note(this.scheduler.now, `commit by ${session.owner.name}`);
  }

  #begin(session: Session): Row[] {
    session.transaction = { tables: this.tables.clone(), version: this.#version, done: [] };
    return [];
  }

  /** What others committed meanwhile stays: then all is done again on top of it. */
  #commit(session: Session): Row[] {
    const { transaction } = session;
    session.transaction = undefined;
    if (transaction === undefined || transaction.done.length === 0) return [];
    let { tables } = transaction;
    if (transaction.version !== this.#version) {
      tables = this.tables.clone();
      for (const { statement, params, text } of transaction.done) {
        statement.run({ tables, params, text, session, nowMs: this.nowMs() });
      }
    }
    this.tables = tables;
    this.#written(session);
    return [];
  }

  tryLock(session: Session, _text: string): boolean {
    if (this.holder !== undefined && this.holder !== session) return false;
    if (this.holder !== session) this.takeovers += 1;
    this.holder = session;
    return true;
  }

  /** Ends the holder of the lock when it has not spoken for long. */
  endSilent(): Row[] {
    const { holder } = this;
    if (holder === undefined || this.scheduler.now - holder.spokeAtMs <= SILENT_MS) return [];
    this.end(holder, "57P01");
    return [{ pid: holder.id }];
  }

  end(session: Session, code: string): void {
    if (!session.alive) return;
    session.alive = false;
    session.transaction = undefined;
    this.sessions.delete(session);
    if (this.holder === session) this.holder = undefined;
    const { scheduler } = this;
    scheduler.at(session.owner, this.arrival(session.owner), "session ended", () =>
      session.onEnd(code),
    );
  }

  /** Restarted: every session is gone, what was committed is there. */
  stop(): void {
    this.up = false;
    for (const session of [...this.sessions]) this.end(session, "CONNECTION_CLOSED");
  }
}

function isWrite(text: string): boolean {
  return /^(INSERT|WITH|UPDATE|DELETE)/.test(text);
}

export function isSqlError(error: unknown): error is SqlError {
  return error instanceof Error && "code" in error;
}
