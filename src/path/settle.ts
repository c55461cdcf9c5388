/**
 * The order of steps 6 to 8, in the writer: check again, store with numbers and inbox in one
 * transaction, then deliver, then delete from the stream. Whatever fails in between, the
 * entries are still in the stream and are settled again; what was stored is known by its key.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { ITEM } from "../delivery/record.ts";
import type { Outgoing, Router } from "../delivery/router.ts";
import { errorCode } from "../postgres/client.ts";
import { setAside } from "../store/poison.ts";
import { NewerVersionError, rawRecord, readEntry, type StreamRecord } from "../transfer/record.ts";
import type { StreamEntry, StreamReader } from "../transfer/reader.ts";
import { isKnownMessage, isPoison, type WriterLock } from "../transfer/writer-lock.ts";
import { CMD, isChat } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { type Alongside, commitAlongside } from "./alongside.ts";
import { applyChange } from "./apply-change.ts";
import type { Appliers, GroupLimits, MessageRules } from "./change.ts";
import { partKnown } from "./known.ts";
import { emptyPlan, type Plan, refusal } from "./outcome.ts";
import { isRefused, planRecord } from "./plan.ts";
import { planPeersOwed } from "./plan-read.ts";
import { prepareRun } from "./prepare.ts";
import type { SettleCounters } from "./settle-counters.ts";
import type { WriterMemory } from "./writer-memory.ts";

export interface SettleLimits {
  /** Rows written by one statement at most. */
  batchRowsMax: number;
  batchBytesMax: number;
  fanOutMembers: number;
  rules: MessageRules;
  groups: GroupLimits;
}

export class Settler {
  readonly #lock: WriterLock;
  readonly #reader: StreamReader;
  readonly #router: Router;
  readonly #memory: WriterMemory;
  readonly #appliers: Appliers;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: SettleLimits;
  readonly #counters: SettleCounters;
  readonly #alongside: Alongside | undefined;
  /** Whether what is read may have been stored, and not pushed, by whoever read it before. */
  #recovering = true;
  #counts = new Map<number, number>();

  constructor(parts: {
    lock: WriterLock;
    reader: StreamReader;
    router: Router;
    memory: WriterMemory;
    appliers: Appliers;
    clock: Clock;
    log: Log;
    limits: SettleLimits;
    counters: SettleCounters;
    alongside?: Alongside | undefined;
  }) {
    this.#lock = parts.lock;
    this.#reader = parts.reader;
    this.#router = parts.router;
    this.#memory = parts.memory;
    this.#appliers = parts.appliers;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#limits = parts.limits;
    this.#counters = parts.counters;
    this.#alongside = parts.alongside;
  }

  /** Once for each time that this process becomes the writer. */
  async begin(): Promise<void> {
    this.#recovering = true;
    await this.#memory.begin(this.#lock.sql);
  }

  /** After any failure: nothing in memory is believed, and what is read next may be known. */
  forget(): void {
    this.#recovering = true;
    this.#memory.forgetNumbers();
  }

  /** Told when the stream was found empty: from here on only what is new is read. */
  caughtUp(): void {
    this.#recovering = false;
  }

  /** Settles entries, in order, and deletes them from the stream. Rejects when a part is away. */
  async settle(entries: readonly StreamEntry[]): Promise<void> {
    this.#counts = new Map();
    const records: StreamRecord[] = [];
    for (const entry of entries) records.push(...(await this.#recordsOf(entry)));
    let at = 0;
    while (at < records.length) {
      const record = records[at] as StreamRecord;
      if (this.#isChange(record)) {
        await this.#settleChange(record);
        at += 1;
        continue;
      }
      const run = this.#runFrom(records, at);
      await this.#settleRun(run, this.#recovering);
      at += run.length;
    }
    await this.#reader.finish(entries, this.#counts);
  }

  #isChange(record: StreamRecord): boolean {
    return !isChat(record.cmd) && record.cmd !== CMD.read;
  }

  async #recordsOf(entry: StreamEntry): Promise<StreamRecord[]> {
    try {
      return readEntry(entry.payload, entry.firstSeqs);
    } catch (error) {
      // Not ours to judge: it stays where it is, for a writer that can read it.
      if (error instanceof NewerVersionError) throw error;
      this.#log.error({ entry: entry.id, error: String(error) }, "an entry can't be read");
      await setAside(this.#lock.sql, this.#lock.name, entry.id, entry.payload, String(error));
      this.#counters.poisoned.inc();
      return [];
    }
  }

  /** As many records as one statement takes; a key comes but once in a run. */
  #runFrom(records: readonly StreamRecord[], from: number): StreamRecord[] {
    const run: StreamRecord[] = [];
    const keys = new Set<number>();
    let rows = 0;
    let bytes = 0;
    for (let i = from; i < records.length; i++) {
      const record = records[i] as StreamRecord;
      if (this.#isChange(record) || keys.has(record.key)) break;
      const state = this.#memory.numbering.get(record.conversationId);
      rows += 1 + (state === undefined ? this.#limits.fanOutMembers : state.members.length);
      rows += record.mentions.length;
      bytes += record.end - record.start;
      const full = rows > this.#limits.batchRowsMax || bytes > this.#limits.batchBytesMax;
      if (full && run.length > 0) break;
      keys.add(record.key);
      run.push(record);
    }
    return run;
  }

  async #settleRun(run: readonly StreamRecord[], lookUp: boolean): Promise<void> {
    const memory = this.#memory;
    const { sql, name } = this.#lock;
    const outgoing: Outgoing[] = [];
    await prepareRun(sql, name, memory, run, this.#clock.monotonicMs(), (low, high) => {
      for (const first of [-low, -high]) {
        const item = { kind: ITEM.invalidate, first } as const;
        outgoing.push({ item, answerGateway: "", everywhere: true });
      }
    });
    let fresh: readonly StreamRecord[] = run;
    const doubtful = (r: StreamRecord): boolean =>
      (isChat(r.cmd) && memory.maybeKnown(r.key)) || isRefused(memory, r);
    if (lookUp || run.some(doubtful)) {
      const parted = await partKnown(sql, memory, run, this.#recovering);
      fresh = parted.fresh;
      outgoing.push(...parted.outgoing);
      this.#counters.duplicates.inc(parted.outgoing.length);
      if (this.#recovering) this.#counters.replayed.inc(parted.outgoing.length);
    }
    const plan = emptyPlan();
    const wallMs = this.#clock.wallMs();
    for (const record of fresh) planRecord(plan, memory, record, wallMs);
    try {
      if (hasRows(plan)) await commitAlongside(sql, name, plan.rows, this.#alongside);
    } catch (error) {
      if (!isKnownMessage(error) && !isPoison(error)) throw error;
      return await this.#settleAgain(run, error);
    }
    for (const key of plan.keys) memory.remember(key);
    for (const [id, count] of plan.counts) this.#counts.set(id, count);
    this.#counters.stored.inc(plan.rows.messages.length);
    this.#counters.batches.inc();
    this.#counters.renumbered.inc(plan.renumbered);
    await this.#router.route([...outgoing, ...plan.outgoing]);
  }

  /** What was put off: records for gateways that were not there, and telling peers of reads. */
  async catchUpOwed(): Promise<void> {
    await this.#router.retryHeld();
    const memory = this.#memory;
    if (memory.peersOwed.size === 0) return;
    const { sql, name } = this.#lock;
    const owed = [...memory.peersOwed.values()];
    await prepareRun(sql, name, memory, owed, this.#clock.monotonicMs(), () => {});
    const plan = emptyPlan();
    planPeersOwed(plan, memory, this.#clock.wallMs());
    if (!hasRows(plan)) return;
    // The hooks heard of these reads with the readers' own events.
    await commitAlongside(sql, name, plan.rows, undefined);
    await this.#router.route(plan.outgoing);
  }

  /** The slow path: a message of the run is known, or one of them can't be stored. */
  async #settleAgain(run: readonly StreamRecord[], error: unknown): Promise<void> {
    this.#memory.forgetNumbers();
    if (isKnownMessage(error)) return await this.#settleRun(run, true);
    const middle = run.length >> 1;
    if (middle > 0) {
      await this.#settleRun(run.slice(0, middle), true);
      return await this.#settleRun(run.slice(middle), true);
    }
    const record = run[0] as StreamRecord;
    const { sql, name } = this.#lock;
    // Postgres' own text can quote what users wrote: it goes into the table and not into the log.
    this.#log.error({ code: errorCode(error) }, "a message can't be stored, see the table poison");
    await setAside(sql, name, "", rawRecord(record), String(error));
    this.#counters.poisoned.inc();
    await this.#router.route([refusal(record, CODE.storeFailed)]);
  }

  async #settleChange(record: StreamRecord): Promise<void> {
    const { sql, name } = this.#lock;
    try {
      const outgoing = await applyChange({
        sql,
        writer: name,
        memory: this.#memory,
        appliers: this.#appliers,
        record,
        fanOutMembers: this.#limits.fanOutMembers,
        rules: this.#limits.rules,
        groups: this.#limits.groups,
        counts: this.#counts,
        wallMs: this.#clock.wallMs(),
        recovering: this.#recovering,
        alongside: this.#alongside,
      });
      await this.#router.route(outgoing);
    } catch (error) {
      if (!isPoison(error)) throw error;
      this.#memory.forgetNumbers();
      const { cmd } = record;
      this.#log.error({ cmd, code: errorCode(error) }, "a change can't be applied, see poison");
      await setAside(sql, name, "", rawRecord(record), String(error));
      this.#counters.poisoned.inc();
      await this.#router.route([refusal(record, CODE.storeFailed)]);
    }
  }
}

function hasRows(plan: Plan): boolean {
  return plan.rows.messages.length > 0 || plan.rows.events.length > 0;
}
