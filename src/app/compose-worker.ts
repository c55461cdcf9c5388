/** Joins the parts of a worker: steps 5 to 8. */
import { APPLIERS, boundedAppliers } from "../commands/appliers.ts";
import { type LocalGateway, Router } from "../delivery/router.ts";
import { PresenceSweep } from "../delivery/presence-sweep.ts";
import { ScheduledSweep } from "../path/scheduled-sweep.ts";
import { Settler } from "../path/settle.ts";
import { settleCounters } from "../path/settle-counters.ts";
import { Worker } from "../path/worker.ts";
import { WriterMemory } from "../path/writer-memory.ts";
import { openRedis } from "../redis/client.ts";
import { Appender } from "../transfer/append.ts";
import { SearchLoop } from "../store/search-loop.ts";
import { StreamReader } from "../transfer/reader.ts";
import { WriterLock } from "../transfer/writer-lock.ts";
import { composeNotify } from "./compose-notify.ts";
import { appendLimits } from "./compose-sending.ts";
import { settleLimits } from "./settle-limits.ts";
import type { Shared } from "./shared.ts";

export interface RunningWorker {
  start(): void;
  stop(): Promise<void>;
}

/** `local` is the gateway of the same process, if it has one. */
export function composeWorker(shared: Shared, local: LocalGateway | undefined): RunningWorker {
  const { config, log, clock, sql, redis, registry, gatewayId } = shared;
  const { values } = config;
  const reading = openRedis(values.REDIS_URL, `linnet-writer-${gatewayId}`, log);
  const lock = new WriterLock(values.DATABASE_URL, sql, log);
  const reader = new StreamReader(reading, values.LINNET_SEQ_TTL_SECONDS);
  const counters = settleCounters(registry);
  const memory = new WriterMemory(shared.newAccess(), {
    conversations: values.LINNET_MEMORY_CONVERSATIONS,
    users: values.LINNET_MEMORY_USERS,
    recentKeys: values.LINNET_RECENT_KEYS,
  });
  const notifying = composeNotify(shared);
  const settler = new Settler({
    lock,
    reader,
    router: new Router(redis, local, clock),
    memory,
    appliers: {
      ...APPLIERS,
      ...boundedAppliers({
        openMax: values.LINNET_FRIEND_REQUESTS_OPEN,
        dailyMax: values.LINNET_FRIEND_REQUESTS_DAILY,
        expiryDays: values.LINNET_FRIEND_REQUEST_DAYS,
        relationsMax: values.LINNET_RELATIONS_MAX,
      }),
    },
    clock,
    log,
    counters,
    alongside: notifying.alongside,
    limits: settleLimits(values),
  });
  const presence = new PresenceSweep({ redis, clock, leaseMs: values.LINNET_LEASE_MS });
  const appender = new Appender({
    ...shared,
    limits: appendLimits(config),
    gatewayId: "",
    notTaken: () => {},
  });
  const scheduled = new ScheduledSweep(lock, appender);
  const sweep = {
    async tick(): Promise<void> {
      await presence.tick();
      await scheduled.tick();
    },
  };
  const worker = new Worker({ lock, reader, settler, sweep, clock, log, counters });
  const searching = new SearchLoop({
    sql,
    log,
    perSecond: values.LINNET_SEARCH_PER_SECOND,
    isWriter: () => lock.held,
    stored: async () => (await counters.stored.get()).values[0]?.value ?? 0,
  });
  return {
    start() {
      worker.start();
      notifying.start();
      searching.start();
    },
    async stop() {
      await notifying.stop();
      await searching.stop();
      await worker.stop();
      reading.close();
    },
  };
}
