/**
 * Step 8's other end: a gateway reads what it is to deliver. Next: gateway/deliver.ts.
 * Records are numbered; a number that is not the next tells that something was lost.
 */
import { backoffMs, pause } from "../base/backoff.ts";
import type { Log } from "../base/log.ts";
import type { RedisConnection } from "../redis/client.ts";
import { deliveryBytesKey, deliveryCountKey, deliveryKey, GATEWAYS } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";
import { type DeliveryItem, readDelivery } from "./record.ts";

const BLOCK_MS = 1000;
const RECORDS_MAX = 256;

export interface ReceiverHandler {
  /** A batch of items begins, and ends. */
  begin(): void;
  end(): void;
  deliver(item: DeliveryItem): void;
  /** Records are missing: whoever is connected may have missed something. */
  lost(why: string): void;
}

type XReadReply = [Buffer, [Buffer, Buffer[]][]][] | null;

export class Receiver {
  /** For blocking reads alone. */
  readonly #reading: RedisConnection;
  readonly #redis: RedisConnection;
  readonly #gatewayId: string;
  readonly #handler: ReceiverHandler;
  readonly #log: Log;
  #cursor = "0";
  #number = 0;
  #lagging = 0;
  /** Since the last renewal. */
  #readBytes = 0;
  #running = true;
  #done: Promise<void> | undefined;

  constructor(parts: {
    reading: RedisConnection;
    redis: RedisConnection;
    gatewayId: string;
    handler: ReceiverHandler;
    log: Log;
  }) {
    this.#reading = parts.reading;
    this.#redis = parts.redis;
    this.#gatewayId = parts.gatewayId;
    this.#handler = parts.handler;
    this.#log = parts.log;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /**
   * Renews the lease; false when it had lapsed or Redis was emptied. Rejects when Redis is away.
   */
  async renew(leaseMs: number): Promise<boolean> {
    const keys = this.#keys();
    const before = this.#number;
    const read = this.#readBytes;
    this.#readBytes = 0;
    const [[stood, count]] = await Promise.all([
      this.#redis.script<[number, number]>(SCRIPT.renew, keys, [
        String(leaseMs),
        String(this.#number),
        afterId(this.#cursor),
        String(read),
      ]),
      this.#redis.script(SCRIPT.register, [GATEWAYS], [this.#gatewayId, String(leaseMs)]),
    ]);
    this.#watch(before, count);
    return stood === 1;
  }

  /** The gateway ends: it is not among the living any more, and nothing waits for it. */
  async leave(): Promise<void> {
    const keys = this.#keys();
    await Promise.all([
      this.#redis.command(["ZREM", GATEWAYS, this.#gatewayId]),
      this.#redis.command(["DEL", ...keys]),
    ]);
  }

  /**
   * Records that were counted and never seen: the stream was cut, or began anew below our cursor.
   */
  #watch(before: number, count: number): void {
    if (count <= this.#number || this.#number !== before) {
      this.#lagging = 0;
      return;
    }
    this.#lagging += 1;
    if (this.#lagging < 2) return;
    this.#lagging = 0;
    this.#cursor = "0";
    this.#number = count;
    this.#handler.lost("records were counted that did not come");
  }

  #keys(): string[] {
    const id = this.#gatewayId;
    return [deliveryCountKey(id), deliveryKey(id), deliveryBytesKey(id)];
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#running) {
      try {
        await this.#read();
        failures = 0;
      } catch (error) {
        this.#log.warn({ error: String(error) }, "reading deliveries failed");
        await pause(backoffMs(failures++, 20, 1000));
      }
    }
  }

  async #read(): Promise<void> {
    const args = ["XREAD", "COUNT", String(RECORDS_MAX), "BLOCK", String(BLOCK_MS), "STREAMS"];
    const reply = await this.#reading.command<XReadReply>([
      ...args,
      deliveryKey(this.#gatewayId),
      this.#cursor,
    ]);
    this.#handler.begin();
    for (const [id, fields] of reply?.[0]?.[1] ?? []) {
      this.#cursor = id.toString();
      this.#receive(Number((fields[1] as Buffer).toString()), fields[3] as Buffer);
    }
    this.#handler.end();
  }

  #receive(number: number, payload: Buffer): void {
    // After a reset of the cursor, records come again that were seen before: harmless, since
    // every connection drops what it was given.
    const missing = number !== this.#number + 1;
    this.#number = number;
    this.#readBytes += payload.length;
    try {
      readDelivery(payload, (item) => this.#handler.deliver(item));
    } catch (error) {
      this.#log.error({ error: String(error) }, "a delivery record can't be read");
      this.#handler.lost("a record that can't be read");
    }
    if (missing) this.#handler.lost("records are missing");
  }
}

/** The least id above one, so that trimming up to it removes that one too. */
function afterId(id: string): string {
  const [ms, number = "0"] = id.split("-");
  return id === "0" ? "0" : `${ms}-${Number(number) + 1}`;
}
