// Step 4: one script call gives a number to each message of a tick and queues them all in the
// stream. Next: transfer/reader.ts, in the writer.
import type { Clock } from "../base/clock.ts";
import { GrowingBuffer } from "../base/growing-buffer.ts";
import { failureOf, type RedisConnection } from "../redis/client.ts";
import { STREAM, STREAM_BYTES, seqKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";
import { type RecordFields, takesNumber, writeEntryHeader, writeRecord } from "./record.ts";

export interface AppendLimits {
  /** Least time between the starts of two calls under load, ms. */
  gatherMs: number;
  entryBytesMax: number;
  entryRecordsMax: number;
  streamEntriesMax: number;
  streamBytesMax: number;
  seqTtlSeconds: number;
}

/** Told of the records, by their request numbers, that are surely not in the stream. */
export type NotTaken = (requests: readonly number[], why: string) => void;

interface Batch {
  buffer: GrowingBuffer;
  requests: number[];
  /** Conversation → how many of its messages are in the batch, in the order of the first. */
  counts: Map<number, number>;
}

/**
 * Gathers records while one call is in flight; never two calls at a time, never a call twice.
 * A call whose connection broke may have been carried out: nobody is told, and the answer
 * comes from the writer or as 504 when its time is over.
 */
export class Appender {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #limits: AppendLimits;
  readonly #gatewayId: string;
  readonly #notTaken: NotTaken;
  #gathering: Batch;
  #spare: Batch;
  #inFlight: Promise<void> | undefined;
  #scheduled = false;
  #lastStartMs = 0;

  constructor(options: {
    redis: RedisConnection;
    clock: Clock;
    limits: AppendLimits;
    gatewayId: string;
    notTaken: NotTaken;
  }) {
    this.#redis = options.redis;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#gatewayId = options.gatewayId;
    this.#notTaken = options.notTaken;
    this.#gathering = this.#emptied(newBatch());
    this.#spare = newBatch();
  }

  /** False when the batch is full or Redis is away: not taken. */
  add(record: RecordFields): boolean {
    const batch = this.#gathering;
    if (!this.#redis.ready) return false;
    if (batch.requests.length >= this.#limits.entryRecordsMax) return false;
    if (batch.buffer.length >= this.#limits.entryBytesMax) return false;
    writeRecord(batch.buffer, record);
    batch.requests.push(record.request);
    const { conversationId } = record;
    if (takesNumber(record)) {
      batch.counts.set(conversationId, (batch.counts.get(conversationId) ?? 0) + 1);
    }
    if (!this.#scheduled && this.#inFlight === undefined) this.#schedule();
    return true;
  }

  /** Settles when nothing is gathered or in flight. */
  async drained(): Promise<void> {
    while (this.#inFlight !== undefined || this.#gathering.requests.length > 0) {
      if (this.#inFlight === undefined) this.#start();
      await this.#inFlight;
    }
  }

  #schedule(): void {
    this.#scheduled = true;
    const waitMs = this.#lastStartMs + this.#limits.gatherMs - this.#clock.monotonicMs();
    if (waitMs <= 0) setImmediate(this.#onTurn);
    else setTimeout(this.#onTurn, waitMs);
  }

  readonly #onTurn = (): void => {
    this.#scheduled = false;
    if (this.#inFlight === undefined && this.#gathering.requests.length > 0) this.#start();
  };

  #start(): void {
    const batch = this.#gathering;
    this.#gathering = this.#emptied(this.#spare);
    this.#spare = batch;
    this.#lastStartMs = this.#clock.monotonicMs();
    this.#inFlight = this.#call(batch).finally(() => {
      this.#inFlight = undefined;
      if (this.#gathering.requests.length > 0 && !this.#scheduled) this.#schedule();
    });
  }

  async #call(batch: Batch): Promise<void> {
    const limits = this.#limits;
    try {
      const reply = await this.#redis.script<Buffer>(
        SCRIPT.append,
        [STREAM, STREAM_BYTES, ...[...batch.counts.keys()].map(seqKey)],
        [
          batch.buffer.view(),
          String(limits.streamEntriesMax),
          String(limits.streamBytesMax),
          String(limits.seqTtlSeconds),
          ...[...batch.counts.values()].map(String),
        ],
      );
      if (reply.toString() === "FULL") this.#notTaken(batch.requests, "the stream is full");
    } catch (error) {
      if (failureOf(error) === "refused") this.#notTaken(batch.requests, "redis is away");
    }
  }

  #emptied(batch: Batch): Batch {
    writeEntryHeader(batch.buffer, this.#gatewayId);
    batch.requests = [];
    batch.counts.clear();
    return batch;
  }
}

function newBatch(): Batch {
  return { buffer: new GrowingBuffer(), requests: [], counts: new Map() };
}
