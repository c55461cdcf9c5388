/** The product's own parts, joined as src/app joins them, on the models of a world. */
import pino from "pino";
import { Registry } from "prom-client";
import { composePresence } from "../../src/app/compose-presence.ts";
import { composeInbound, composeSending } from "../../src/app/compose-sending.ts";
import type { Config } from "../../src/app/config.ts";
import { settleLimits } from "../../src/app/settle-limits.ts";
import { SETTINGS } from "../../src/app/settings.ts";
import type { Shared } from "../../src/app/shared.ts";
import { pause } from "../../src/base/backoff.ts";
import { OutgoingHttp } from "../../src/base/outgoing-http.ts";
import { APPLIERS } from "../../src/commands/appliers.ts";
import { Receiver } from "../../src/delivery/receiver.ts";
import { PresenceSweep } from "../../src/delivery/presence-sweep.ts";
import { type LocalGateway, Router } from "../../src/delivery/router.ts";
import { Access } from "../../src/filter/access.ts";
import { Audit } from "../../src/gateway/audit.ts";
import { Connections } from "../../src/gateway/connections.ts";
import { deliveryHandler } from "../../src/gateway/deliver.ts";
import { Join } from "../../src/gateway/join.ts";
import { Kicks } from "../../src/gateway/kicks.ts";
import { Lease } from "../../src/gateway/lease.ts";
import { Revocations } from "../../src/gateway/revocations.ts";
import { answerOf } from "../../src/path/outcome.ts";
import { Settler } from "../../src/path/settle.ts";
import { settleCounters, type SettleCounters } from "../../src/path/settle-counters.ts";
import { Worker } from "../../src/path/worker.ts";
import { WriterMemory } from "../../src/path/writer-memory.ts";
import type { Sql } from "../../src/postgres/client.ts";
import type { RedisConnection } from "../../src/redis/client.ts";
import { StreamReader } from "../../src/transfer/reader.ts";
import { WriterLock } from "../../src/transfer/writer-lock.ts";
import { CODE } from "../../src/wire/errors.ts";
import type { SimProcess } from "./scheduler.ts";

const LOG = pino({ level: "silent" });
/** Small, so that a schedule reaches every bound and costs little. */
const VALUES: Record<string, number> = {
  LINNET_CONNECTIONS_MAX: 32,
  LINNET_PENDING_MAX: 256,
  LINNET_GRANT_SLOTS: 128,
  LINNET_FAN_OUT_MEMBERS: 4,
  LINNET_AUDIT_SECONDS: 10,
  LINNET_LEASE_MS: 4000,
  LINNET_SLOW_BYTES: 1024,
  LINNET_ENTRY_RECORDS: 16,
  LINNET_BATCH_ROWS: 24,
  LINNET_MESSAGES_BURST: 200,
};
const TICK_MS = 1000;

export interface Machine {
  process: SimProcess;
  name: string;
  /** The pool of reads. */
  sql: Sql;
  redis: RedisConnection;
  /** For blocking reads. */
  reading: RedisConnection;
}

export function sharedOf({ process, name, sql, redis }: Machine): Shared {
  const defaults = Object.entries(SETTINGS).map(([key, setting]) => [key, setting.default]);
  const values = { ...Object.fromEntries(defaults), ...VALUES } as Config["values"];
  const limits = { grantSlots: 128, userEntries: 100, strangerMessages: 3 };
  return {
    config: {
      values,
      roles: new Set(["gateway", "worker"]),
      tokenKeys: [],
      callbackUrls: [],
    } as unknown as Config,
    gatewayId: name,
    log: LOG,
    clock: process,
    registry: new Registry(),
    sql,
    redis,
    outgoing: new OutgoingHttp(),
    certificates: undefined,
    newAccess: () => new Access(process, limits, 7),
    settings: { epoch: "epoch-1", tokenKey: "", dedupeSeed: "00112233445566778899aabbccddeeff" },
  };
}

export type Gateway = ReturnType<typeof composeGateway>;

export function composeGateway(machine: Machine) {
  const shared = sharedOf(machine);
  const { values } = shared.config;
  const sending = composeSending(shared);
  const everyMs = values.LINNET_AUDIT_SECONDS * 1000;
  const revocations = new Revocations(VALUES["LINNET_CONNECTIONS_MAX"] ?? 0);
  // Never ticks: nobody is kicked here.
  const kicks = new Kicks({ ...shared, ...sending, revocations, everySeconds: 1 });
  const audit = new Audit({ ...shared, ...sending, everyMs, lost: () => kicks.urgent() });
  const handler = deliveryHandler({ ...sending, audit, kicks });
  const receiver = new Receiver({ ...shared, reading: machine.reading, handler });
  const leaseMs = values.LINNET_LEASE_MS;
  const lease = new Lease({ ...shared, ...sending, receiver, audit, leaseMs });
  const local: LocalGateway = { gatewayId: shared.gatewayId, handler };
  // Never ticks: nobody is told who is online.
  const presence = composePresence(shared, sending, local, {
    invited: () => {},
    ended: () => Promise.resolve(),
  });
  const inbound = composeInbound(shared, sending, lease, local, presence);
  const { epoch } = shared.settings;
  const heartbeatMs = values.LINNET_HEARTBEAT_MS;
  const join = new Join({ ...shared, ...sending, epoch, heartbeatMs, came: () => {} });
  const connections = new Connections({ ...shared, ...sending, inbound, join });
  const tick = (): void => {
    lease.tick();
    audit.tick();
    connections.sweep();
    const overdueMs = shared.clock.monotonicMs() - values.LINNET_ANSWER_MS;
    for (const request of sending.pending.overdue(overdueMs)) {
      sending.outbound.answer(answerOf(request, CODE.outcomeUnknown));
    }
  };
  const begun = begin(lease).then(() => {
    receiver.start();
    every(machine.process, tick);
  });
  return { ...sending, connections, local, begun };
}

function every(process: SimProcess, tick: () => void): void {
  process.after(TICK_MS, () => {
    tick();
    every(process, tick);
  });
}

async function begin(lease: Lease): Promise<void> {
  for (;;) {
    try {
      return await lease.begin();
    } catch {
      await pause(TICK_MS / 4);
    }
  }
}

export function composeWorker(
  machine: Machine,
  local: LocalGateway | undefined,
): { worker: Worker; counters: SettleCounters } {
  const shared = sharedOf(machine);
  const { values } = shared.config;
  const lock = new WriterLock(machine.name, machine.sql, LOG);
  const reader = new StreamReader(machine.reading, values.LINNET_SEQ_TTL_SECONDS);
  const counters = settleCounters(shared.registry);
  const settler = new Settler({
    ...shared,
    lock,
    reader,
    router: new Router(machine.redis, local, shared.clock),
    memory: new WriterMemory(shared.newAccess(), {
      conversations: 50,
      users: 50,
      recentKeys: 50,
    }),
    appliers: APPLIERS,
    counters,
    limits: settleLimits(values),
  });
  const leaseMs = values.LINNET_LEASE_MS;
  const sweep = new PresenceSweep({ ...shared, leaseMs });
  const worker = new Worker({ ...shared, lock, reader, settler, counters, sweep });
  worker.start();
  return { worker, counters };
}
