// Redis' append and Postgres' statement without any client, batch after batch, one in flight.
import { createClient } from "redis";
import { STREAM, STREAM_BYTES, seqKey } from "../../src/redis/keys.ts";
import { SCRIPT } from "../../src/redis/scripts.ts";
import {
  bodyOf,
  fillCounters,
  insertWithCounters,
  newestId,
  openLimitTables,
} from "../limits/statement.ts";
import { startCpuMeter } from "../machine/processes.ts";
import type { Services } from "../machine/services.ts";
import type { OtherTrial } from "../run/result.ts";

const BATCHES = [1, 16, 64, 256, 1000];
const USERS = 200;
const SECONDS_MOST = 1;

/** A trial for each batch size; `perSecond` are messages. */
export async function bareRates(
  services: Services,
  bodyBytes: number,
  seconds: number,
): Promise<OtherTrial[]> {
  const trials: OtherTrial[] = [];
  const each = Math.min(seconds, SECONDS_MOST);
  const append = await openAppend(services, bodyBytes);
  const insert = await openInsert(services, bodyBytes);
  for (const batch of BATCHES) {
    trials.push(
      await timed(services, `append script, batches of ${batch}`, batch, each, (size) =>
        append.run(size),
      ),
    );
    trials.push(
      await timed(services, `inbox statement, batches of ${batch}`, batch, each, (size) =>
        insert.run(size),
      ),
    );
  }
  await append.close();
  await insert.close();
  return trials;
}

async function timed(
  services: Services,
  subject: string,
  batch: number,
  seconds: number,
  run: (batch: number) => Promise<void>,
): Promise<OtherTrial> {
  await run(batch);
  const ids = {
    client: [process.pid],
    redis: [services.redisPid],
    postgres: [services.postgresPid],
  };
  const spent = startCpuMeter(ids);
  const startMs = performance.now();
  let calls = 0;
  while (performance.now() - startMs < seconds * 1000) {
    await run(batch);
    calls += 1;
  }
  const spentMs = performance.now() - startMs;
  const cpu = spent();
  const messages = calls * batch;
  return {
    subject,
    number: 0,
    batch,
    perSecond: (messages * 1000) / spentMs,
    msPerBatch: spentMs / calls,
    cpuMicrosPerMessage: Object.fromEntries(
      Object.entries(cpu).map(([name, micros]) => [name, micros / messages]),
    ),
  };
}

/** The server's own script: a number for each message, one entry for all. */
async function openAppend(services: Services, bodyBytes: number) {
  const client = createClient({ url: services.redisUrl, RESP: 2, commandOptions: { timeout: 0 } });
  client.on("error", () => {});
  await client.connect();
  const record = "x".repeat(bodyBytes + 100);
  const [stream, bytes] = [`${STREAM}:bench`, `${STREAM_BYTES}:bench`];
  return {
    async run(batch: number): Promise<void> {
      const conversations = Math.min(batch, USERS);
      const keys = Array.from({ length: conversations }, (_, n) => `${seqKey(n)}:bench`);
      const counts = keys.map((_, n) => String(Math.ceil((batch - n) / conversations)));
      await client.eval(SCRIPT.append.text, {
        keys: [stream, bytes, ...keys],
        arguments: [record.repeat(batch), "1000000000", "1000000000000", "60", ...counts],
      });
      await client.sendCommand(["DEL", stream, bytes]);
    },
    async close(): Promise<void> {
      client.destroy();
    },
  };
}

async function openInsert(services: Services, bodyBytes: number) {
  const sql = await openLimitTables(services.limitsDatabaseUrl);
  await fillCounters(sql, USERS);
  let nextId = (await newestId(sql, "limit_messages")) + 1;
  const body = bodyOf(new Uint8Array(bodyBytes).fill(97), 0, bodyBytes);
  return {
    async run(batch: number): Promise<void> {
      const messages = Array.from({ length: batch }, (_, n) => {
        const sender = (n * 2) % USERS;
        return { sender, recipient: sender + 1, body };
      });
      await insertWithCounters(sql, nextId, messages);
      nextId += batch;
    },
    async close(): Promise<void> {
      await sql.end();
    },
  };
}
