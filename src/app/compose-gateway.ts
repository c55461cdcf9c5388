/** Joins the parts of a gateway: steps 1 to 4 and 9, and the HTTP beside it. */
import { pause } from "../base/backoff.ts";
import { Receiver } from "../delivery/receiver.ts";
import { type DeliveryItem, ITEM } from "../delivery/record.ts";
import { Router } from "../delivery/router.ts";
import { Audit } from "../gateway/audit.ts";
import { CatchUp } from "../gateway/catch-up.ts";
import { Connections } from "../gateway/connections.ts";
import { Credentials } from "../gateway/credentials.ts";
import { Inbound } from "../gateway/inbound.ts";
import { Join } from "../gateway/join.ts";
import { Lease } from "../gateway/lease.ts";
import { Outbound } from "../gateway/outbound.ts";
import { RevocationReader } from "../gateway/revocation-reader.ts";
import { type Revocation, Revocations } from "../gateway/revocations.ts";
import { GatewayServer } from "../gateway/server.ts";
import { Sessions } from "../gateway/sessions.ts";
import { WideLogs } from "../gateway/wide-logs.ts";
import { DirectPush } from "../path/direct-push.ts";
import { Ingest } from "../path/ingest.ts";
import { Pending } from "../path/pending.ts";
import { answerOf } from "../path/plan.ts";
import { Requests } from "../path/requests.ts";
import { openRedis } from "../redis/client.ts";
import { Appender } from "../transfer/append.ts";
import { createCodecs } from "../wire/codec.ts";
import { CODE } from "../wire/errors.ts";
import { createApi } from "../http/api.ts";
import { HttpRates } from "../http/rates.ts";
import { keyedHash, type Shared, tokensOf } from "./compose.ts";
import { commandTable } from "./command-table.ts";
import { gatewayGauges } from "./gateway-gauges.ts";
import { Readiness } from "./readiness.ts";

const TICK_MS = 1000;

export interface RunningGateway {
  port: number;
  stop(): Promise<void>;
}

export async function composeGateway(shared: Shared): Promise<RunningGateway> {
  const { config, log, clock, sql, redis, gatewayId, settings } = shared;
  const { values } = config;
  const sessions = new Sessions(values.LINNET_CONNECTIONS_MAX);
  const wideLogs = new WideLogs();
  const codecs = createCodecs();
  const pending = new Pending(values.LINNET_PENDING_MAX);
  const slowBytes = values.LINNET_SLOW_BYTES;
  const outbound = new Outbound({ sessions, wideLogs, codecs, pending, slowBytes });
  const access = shared.newAccess();
  const appender = new Appender({
    redis,
    clock,
    gatewayId,
    limits: {
      gatherMs: values.LINNET_GATHER_MS,
      entryBytesMax: values.LINNET_ENTRY_BYTES,
      entryRecordsMax: values.LINNET_ENTRY_RECORDS,
      streamEntriesMax: values.LINNET_STREAM_ENTRIES,
      streamBytesMax: values.LINNET_STREAM_BYTES,
      seqTtlSeconds: values.LINNET_SEQ_TTL_SECONDS,
    },
    notTaken: (requests, why) => {
      for (const request of requests) {
        outbound.answer({ ...answerOf(request, CODE.unavailable), message: why });
      }
    },
  });
  const ingest = new Ingest({ access, sql, clock, hash: keyedHash(shared), appender });
  const requests = new Requests({ ingest, pending, clock });
  const audit = new Audit({
    sessions,
    wideLogs,
    outbound,
    sql,
    clock,
    log,
    everyMs: values.LINNET_AUDIT_SECONDS * 1000,
    lost: () => rereading.urgent(),
  });
  const reading = openRedis(values.REDIS_URL, `linnet-gateway-${gatewayId}`, log);
  const handler = {
    begin: () => outbound.gather(),
    end: () => outbound.flush(),
    deliver: (item: DeliveryItem) => deliver(item),
    lost: (why: string) => audit.urgent(why),
  };
  const receiver = new Receiver({ reading, redis, gatewayId, handler, log });
  const leaseMs = values.LINNET_LEASE_MS;
  const leaseParts = { receiver, redis, gatewayId, sessions, access, audit, clock, log, leaseMs };
  const lease = new Lease(leaseParts);
  const direct = new DirectPush({
    sql,
    redis,
    router: new Router(redis),
    ingest,
    gatewayId,
    clock,
    log,
    answer: (item) => outbound.answer(item),
  });
  const catchUp = new CatchUp(sessions, wideLogs);
  const inbound = new Inbound({
    sessions,
    codecs,
    ingest,
    direct,
    pending,
    outbound,
    commands: commandTable({ sql, epoch: settings.epoch, catchUp, ingest, requests }),
    lease,
    clock,
    log,
    limits: {
      messagesPerSecond: values.LINNET_MESSAGES_PER_SECOND,
      messagesBurst: values.LINNET_MESSAGES_BURST,
      userMessagesPerSecond:
        values.LINNET_USER_MESSAGES_PER_SECOND || 2 * values.LINNET_MESSAGES_PER_SECOND,
      userMessagesBurst: values.LINNET_USER_MESSAGES_BURST || 2 * values.LINNET_MESSAGES_BURST,
      textBytes: values.LINNET_TEXT_BYTES,
      contentBytes: values.LINNET_CONTENT_BYTES,
      waitingFrames: values.LINNET_WAITING_FRAMES,
    },
  });
  const join = new Join({
    sessions,
    wideLogs,
    outbound,
    codecs,
    sql,
    redis,
    gatewayId,
    epoch: settings.epoch,
    heartbeatMs: values.LINNET_HEARTBEAT_MS,
    clock,
    log,
  });
  const connectionParts = { sessions, wideLogs, inbound, outbound, join, redis, gatewayId };
  const connections = new Connections({ ...connectionParts, clock, log });
  const deliver = (item: DeliveryItem): void => {
    switch (item.kind) {
      case ITEM.event:
        return outbound.event(item);
      case ITEM.answer:
        return outbound.answer(item);
      case ITEM.invalidate:
        return access.grants.invalidate(item.first);
      case ITEM.follow:
        for (const userId of item.userIds) {
          for (const slot of sessions.ofUser(userId)) {
            wideLogs.follow(sessions, slot, item.conversationId, item.conversationPts);
          }
        }
        return;
      case ITEM.unfollow:
        for (const userId of item.userIds) {
          for (const slot of sessions.ofUser(userId)) {
            wideLogs.unfollow(sessions, slot, item.conversationId);
          }
        }
        return;
      case ITEM.close:
        return connections.close(item.userId, item.generation, item.code);
      case ITEM.check:
        return audit.urgent("a change was applied before a takeover");
      case ITEM.revoke:
        return kick(item);
    }
  };
  const revocations = new Revocations(values.LINNET_REVOCATIONS_MAX);
  const kick = (revocation: Revocation): void => {
    revocations.add(revocation);
    connections.kick(revocation);
  };
  const everySeconds = values.LINNET_AUDIT_SECONDS;
  const rereading = new RevocationReader({ revocations, connections, sql, log, everySeconds });
  const tokens = tokensOf(shared);
  const credentials = new Credentials({ tokens, revocations, clock });
  const readiness = new Readiness(sql, [redis, reading]);
  const api = createApi({
    sql,
    requests,
    ingest,
    redis,
    tokens,
    credentials,
    kicked: (revocation) => {
      kick(revocation);
      const item = { kind: ITEM.revoke, ...revocation } as const;
      new Router(redis)
        .route([{ item, answerGateway: "", everywhere: true }])
        .catch((error: unknown) =>
          log.warn({ error: String(error) }, "other gateways could not be told of a kick"),
        );
    },
    rates: new HttpRates({
      userPerSecond: values.LINNET_HTTP_PER_SECOND,
      userBurst: values.LINNET_HTTP_BURST,
      addressPerSecond: values.LINNET_ADDRESS_HTTP_PER_SECOND,
      addressBurst: values.LINNET_ADDRESS_HTTP_BURST,
    }),
    appKey: values.LINNET_APP_KEY,
    clock,
    log,
    epoch: settings.epoch,
    registry: shared.registry,
    ready: () => readiness.reasons(),
    limits: {
      bodyBytes: values.LINNET_FRAME_BYTES,
      textBytes: values.LINNET_TEXT_BYTES,
      contentBytes: values.LINNET_CONTENT_BYTES,
    },
  });
  // Before the lease is taken nobody tells us; after it, deliveries do.
  await reachable(() => lease.begin());
  await reachable(() => revocations.load(sql).then(() => {}));
  receiver.start();
  const server = new GatewayServer({
    connections: config.roles.has("gateway") ? connections : undefined,
    credentials,
    origins: config.origins,
    proxies: config.trustedProxies,
    clock,
    log,
    http: (request, address) => api.fetch(request, address),
    host: values.LINNET_HOST,
    port: values.LINNET_PORT,
    limits: {
      frameBytes: values.LINNET_FRAME_BYTES,
      backlogBytes: values.LINNET_BACKLOG_BYTES,
      connectsPerSecond: values.LINNET_CONNECTS_PER_SECOND,
      connectsBurst: values.LINNET_CONNECTS_BURST,
      bodyBytes: values.LINNET_FRAME_BYTES,
    },
  });
  outbound.publisher = server;
  gatewayGauges(shared.registry, { connections, outbound, inbound, pending });
  const ticks = setInterval(() => {
    readiness.tick();
    lease.tick();
    audit.tick();
    rereading.tick();
    connections.sweep();
    const overdueMs = clock.monotonicMs() - values.LINNET_ANSWER_MS;
    for (const request of pending.overdue(overdueMs)) {
      outbound.answer(answerOf(request, CODE.outcomeUnknown));
    }
  }, TICK_MS);
  return {
    port: server.port,
    async stop() {
      server.drain();
      await appender.drained();
      await connections.drain(values.LINNET_DRAIN_MS, pause);
      clearInterval(ticks);
      await server.stop();
      await receiver.stop();
      reading.close();
    },
  };
}

/** Tries until it works: Redis may be away at start. */
async function reachable(begin: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await begin();
    } catch {
      await pause(TICK_MS / 4);
    }
  }
}
