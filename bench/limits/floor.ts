// Limit "floor": the least that the server's design can do. The relay, INCR and XADD with one
// append call in flight, XREAD, one statement with message, unique index and two inbox rows.
// Numbers are kept in memory, so there are no counter rows.
import { createClient, RESP_TYPES } from "redis";
import { GrowingBuffer } from "../../src/base/growing-buffer.ts";
import type { LimitOptions } from "./main.ts";
import { AnswerFrame } from "./answer-frame.ts";
import { Batches } from "./batch.ts";
import { textMarkOf } from "./marked-text.ts";
import { Outbox } from "./outbox.ts";
import { Sockets } from "./sockets.ts";
import {
  bodyOf,
  type FloorMessage,
  insertNumbered,
  newestId,
  openLimitTables,
} from "./statement.ts";

const STREAM = "{limit}:stream";
const ENTRIES_MOST = 64;
const RECORDS_MOST = 1000;
const BLOCK_MS = "1000";

const APPEND = `
for i = 3, #KEYS do redis.call('INCR', KEYS[i]) end
return redis.call('XADD', KEYS[1], '*', 'p', ARGV[1])`;

interface Item {
  readonly sender: number;
  readonly frame: string | Uint8Array;
}

type Reply = [Buffer, [Buffer, Buffer[]][]][] | null;

export async function startFloor(options: LimitOptions): Promise<number> {
  const sockets = new Sockets();
  const append = await openRedis(options.redisUrl);
  const sha = (await append.sendCommand(["SCRIPT", "LOAD", APPEND])).toString();
  await append.sendCommand(["DEL", STREAM]);
  const buffer = new GrowingBuffer();
  const batches = new Batches<Item>(RECORDS_MOST, async (items) => {
    buffer.reset();
    const keys = [STREAM, STREAM];
    for (const { sender, frame } of items) {
      const bytes = typeof frame === "string" ? Buffer.from(frame) : frame;
      buffer.reserve(bytes.length + 16);
      buffer.u32(sender);
      buffer.block(bytes, 0, bytes.length);
      keys.push(`{limit}:seq:${sender >> 1}`);
    }
    const count = String(keys.length);
    await append.sendCommand(["EVALSHA", sha, count, ...keys, buffer.view()] as never);
  });
  const settler = await Settler.open(options, sockets);
  settler.run().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
  return sockets.serve((socket, frame) => batches.add({ sender: socket.data.number, frame }));
}

function openRedis(url: string) {
  return createClient({
    url,
    RESP: 2,
    maintNotifications: "disabled",
    disableClientInfo: true,
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  }).connect() as unknown as Promise<{ sendCommand(args: string[]): Promise<Buffer> }>;
}

/** The writer's half: reads, stores, delivers, deletes. */
class Settler {
  readonly #sql: Awaited<ReturnType<typeof openLimitTables>>;
  readonly #redis: Awaited<ReturnType<typeof openRedis>>;
  readonly #sockets: Sockets;
  readonly #answer: AnswerFrame;
  readonly #isText: boolean;
  readonly #bodyBytes: number;
  readonly #outbox = new Outbox();
  #nextId = 0;
  readonly #pts: Float64Array;
  readonly #seqs = new Float64Array(USERS_MOST);

  private constructor(
    options: LimitOptions,
    parts: {
      sql: Awaited<ReturnType<typeof openLimitTables>>;
      redis: Awaited<ReturnType<typeof openRedis>>;
      sockets: Sockets;
      pts: Float64Array;
    },
  ) {
    this.#sql = parts.sql;
    this.#redis = parts.redis;
    this.#sockets = parts.sockets;
    this.#pts = parts.pts;
    this.#answer = new AnswerFrame(options.framing);
    this.#isText = options.framing === "json";
    this.#bodyBytes = options.bodyBytes;
  }

  static async open(options: LimitOptions, sockets: Sockets): Promise<Settler> {
    const sql = await openLimitTables(options.databaseUrl);
    const redis = await openRedis(options.redisUrl);
    const pts = new Float64Array(USERS_MOST);
    const rows = await sql<{ user_id: string; pts: string }[]>`
      SELECT user_id, max(pts) AS pts FROM limit_floor_inbox GROUP BY user_id`;
    for (const row of rows) pts[Number(row.user_id)] = Number(row.pts);
    const settler = new Settler(options, { sql, redis, sockets, pts });
    settler.#nextId = (await newestId(sql, "limit_floor_messages")) + 1;
    return settler;
  }

  async run(): Promise<never> {
    for (;;) {
      const count = ["COUNT", String(ENTRIES_MOST), "BLOCK", BLOCK_MS];
      const args = ["XREAD", ...count, "STREAMS", STREAM, "0"];
      const reply = (await this.#redis.sendCommand(args)) as unknown as Reply;
      const entries = reply?.[0]?.[1] ?? [];
      if (entries.length === 0) continue;
      const messages: (FloorMessage & { frame: string | Uint8Array })[] = [];
      for (const [, fields] of entries) this.#readEntry(fields[1] as Buffer, messages);
      await insertNumbered(this.#sql, this.#nextId, messages);
      this.#nextId += messages.length;
      for (const { sender, recipient, frame } of messages) {
        this.#outbox.gather(this.#sockets.of(recipient), frame);
        this.#outbox.gather(this.#sockets.of(sender), this.#answer.copyOf(frame));
      }
      this.#outbox.flush();
      await this.#redis.sendCommand(["XDEL", STREAM, ...entries.map(([id]) => id.toString())]);
    }
  }

  #readEntry(entry: Buffer, into: (FloorMessage & { frame: string | Uint8Array })[]): void {
    let at = 0;
    while (at < entry.length) {
      const sender = entry.readUInt32LE(at);
      const length = entry.readUInt32LE(at + 4);
      const bytes = entry.subarray(at + 8, at + 8 + length);
      at += 8 + length;
      const frame = this.#isText ? bytes.toString() : bytes;
      const recipient = sender ^ 1;
      const id = this.#nextId + into.length;
      into.push({
        sender,
        recipient,
        frame,
        body: bodyOf(frame, textMarkOf(frame), this.#bodyBytes),
        seq: (this.#seqs[sender >> 1] = (this.#seqs[sender >> 1] as number) + 1),
        senderPts: (this.#pts[sender] = (this.#pts[sender] as number) + 1),
        recipientPts: (this.#pts[recipient] = (this.#pts[recipient] as number) + 1),
        // Spread as a hash would be; multiplying by an odd number repeats nothing below 2^53.
        key: (id * 0x9e3779b1) % Number.MAX_SAFE_INTEGER,
      });
    }
  }
}

const USERS_MOST = 1 << 20;
