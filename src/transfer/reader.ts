// Step 5: the writer reads what has gathered in the stream. Next: path/settle.ts, and in it
// store/batch.ts.
import type { RedisConnection } from "../redis/client.ts";
import { STREAM, STREAM_BYTES, seqKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

/** Entries in one read; an entry is bounded by the appender's `entryBytesMax`. */
const ENTRIES_MAX = 64;

export interface StreamEntry {
  id: string;
  /** The first seq of each conversation with messages here; see `readEntry`. */
  firstSeqs: number[];
  payload: Buffer;
}

type XReadReply = [Buffer, [Buffer, Buffer[]][]][] | null;

/**
 * Reads always from the stream's beginning: what is settled is deleted before the next read on the
 * same connection, so what is there is exactly what is not settled, also after a takeover, a lost
 * answer, or a stream that began anew.
 */
export class StreamReader {
  readonly #redis: RedisConnection;
  readonly #seqTtlSeconds: number;

  constructor(redis: RedisConnection, seqTtlSeconds: number) {
    this.#redis = redis;
    this.#seqTtlSeconds = seqTtlSeconds;
  }

  /** What is there, or what comes within `blockMs`; empty when nothing came. */
  async read(blockMs: number): Promise<StreamEntry[]> {
    const args = ["XREAD", "COUNT", String(ENTRIES_MAX), "BLOCK", String(blockMs)];
    const reply = await this.#redis.command<XReadReply>([...args, "STREAMS", STREAM, "0"]);
    return (reply?.[0]?.[1] ?? []).map(([id, fields]) => entryOf(id.toString(), fields));
  }

  /** Whether what `read` answered was all that there was. */
  isLast(entries: readonly StreamEntry[]): boolean {
    return entries.length < ENTRIES_MAX;
  }

  /**
   * Deletes settled entries, and sets the seq counters of conversations right.
   * `counts`: conversation → how many seqs it has given.
   */
  async finish(
    entries: readonly StreamEntry[],
    counts: ReadonlyMap<number, number>,
  ): Promise<void> {
    let bytes = 0;
    for (const entry of entries) bytes += entry.payload.length;
    await this.#redis.script(
      SCRIPT.settle,
      [STREAM, STREAM_BYTES, ...[...counts.keys()].map(seqKey)],
      [
        String(bytes),
        String(this.#seqTtlSeconds),
        String(entries.length),
        ...entries.map((entry) => entry.id),
        ...[...counts.values()].map(String),
      ],
    );
  }

  /** Entries that are not settled. */
  async backlog(): Promise<number> {
    return this.#redis.command<number>(["XLEN", STREAM]);
  }
}

function entryOf(id: string, fields: readonly Buffer[]): StreamEntry {
  const seqs = (fields[1] ?? "").toString();
  return {
    id,
    firstSeqs: seqs === "" ? [] : seqs.split(",").map(Number),
    payload: fields[3] ?? EMPTY,
  };
}

const EMPTY = Buffer.alloc(0);
