/** Joins the parts of a gateway: steps 1 to 4 and 9, and the HTTP beside it. */
import { pause } from "../base/backoff.ts";
import { withDeadline } from "../base/deadline.ts";
import { ITEM } from "../delivery/record.ts";
import { tellGatewayState } from "../delivery/gateway-state.ts";
import { type LocalGateway, Router } from "../delivery/router.ts";
import { Receiver } from "../delivery/receiver.ts";
import { Audit } from "../gateway/audit.ts";
import { Connections } from "../gateway/connections.ts";
import { Credentials } from "../gateway/credentials.ts";
import { deliveryHandler } from "../gateway/deliver.ts";
import { Join } from "../gateway/join.ts";
import { Kicks } from "../gateway/kicks.ts";
import { Lease } from "../gateway/lease.ts";
import { type Revocation, Revocations } from "../gateway/revocations.ts";
import { GatewayServer } from "../gateway/server.ts";
import { createApi } from "../http/api.ts";
import { healthPage, notServedHere } from "../http/health.ts";
import { HttpRates } from "../http/rates.ts";
import { answerOf } from "../path/outcome.ts";
import { Broadcasts } from "../path/broadcasts.ts";
import type { Pending } from "../path/pending.ts";
import { CallPush } from "../notify/call-push.ts";
import { openRedis } from "../redis/client.ts";
import { CODE } from "../wire/errors.ts";
import { composePresence, type Presence } from "./compose-presence.ts";
import { composeProviders } from "./compose-push.ts";
import { composeInbound, composeSending, type Sending } from "./compose-sending.ts";
import { gatewayGauges } from "./gateway-gauges.ts";
import type { Readiness } from "./readiness.ts";
import { type Shared, tokensOf } from "./shared.ts";
import { VERSION } from "./version.ts";

const TICK_MS = 1000;
/** How often a drain looks whether all have their answers. */
const ANSWERED_MS = 10;

export interface RunningGateway {
  port: number;
  local: LocalGateway;
  /** The drain: nothing new, what was taken is answered, clients are told when to come back. */
  stop(): Promise<void>;
}

/** For the roles gateway and api, in one process or in two. */
export async function composeGateway(
  shared: Shared,
  readiness: Readiness,
): Promise<RunningGateway> {
  const { values } = shared.config;
  const sending = composeSending(shared);
  const revocations = new Revocations(values.LINNET_REVOCATIONS_MAX);
  const everySeconds = values.LINNET_AUDIT_SECONDS;
  const kicks = new Kicks({ ...shared, ...sending, revocations, everySeconds });
  const delivering = composeDelivering(shared, sending, kicks);
  const { audit, lease, reading, receiver } = delivering;
  const local = { gatewayId: shared.gatewayId, handler: delivering.handler };
  const callPush = new CallPush({ ...shared, providers: composeProviders(shared) });
  const presence = composePresence(shared, sending, local, callPush);
  const inbound = composeInbound(shared, sending, lease, local, presence);
  const join = composeJoin(shared, sending, presence);
  const connections = new Connections({ ...shared, ...sending, inbound, join });
  readiness.watch(reading);
  await reachable(() => lease.begin());
  // What comes after the lease was taken is delivered, what came before is read.
  await reachable(() => kicks.begin());
  await reachable(() => sending.words.begin());
  receiver.start();
  const broadcasts = new Broadcasts({ ...shared, ...sending });
  const server = composeServer(shared, sending, {
    broadcastMade: () => broadcasts.tick(),
    connections: shared.config.roles.has("gateway") ? connections : undefined,
    commands: inbound.answers,
    readiness,
    revocations,
    kicked: (revocation) => {
      kicks.apply(revocation);
      tellGateways(shared, revocation);
    },
  });
  sending.outbound.publisher = server;
  gatewayGauges(shared.registry, { ...shared, ...sending, ...presence, connections, inbound });
  const startedAt = shared.clock.wallMs();
  const ticks = setInterval(() => {
    lease.tick();
    audit.tick();
    kicks.tick();
    sending.words.tick();
    sending.acknowledged.tick();
    connections.sweep();
    tellState(shared, connections, startedAt);
    sending.receipts.tick();
    sending.transientPush.tick();
    presence.news.tick();
    answerOverdue(shared, sending);
    if (shared.config.roles.has("api")) broadcasts.tick();
  }, TICK_MS);
  return {
    port: server.port,
    local,
    async stop() {
      server.drain();
      broadcasts.stop();
      connections.mute();
      await sending.appender.drained();
      await answered(sending.pending, values.LINNET_ANSWER_MS);
      await connections.drain(values.LINNET_DRAIN_MS, pause);
      await server.stop();
      clearInterval(ticks);
      callPush.stop();
      await receiver.stop();
      // Redis may be away; then the lease ends by itself.
      await withDeadline(lease.end(), TICK_MS).catch(() => {});
      reading.close();
    },
  };
}

/** What the writer and other gateways have for this one, and what heals it when that is lost. */
function composeDelivering(shared: Shared, sending: Sending, kicks: Kicks) {
  const { values } = shared.config;
  const everyMs = values.LINNET_AUDIT_SECONDS * 1000;
  const audit = new Audit({ ...shared, ...sending, everyMs, lost: () => kicks.urgent() });
  const reading = openRedis(values.REDIS_URL, `linnet-gateway-${shared.gatewayId}`, shared.log);
  const handler = deliveryHandler({ ...sending, audit, kicks });
  const receiver = new Receiver({ ...shared, reading, handler });
  const leaseMs = values.LINNET_LEASE_MS;
  const lease = new Lease({ ...shared, ...sending, receiver, audit, leaseMs });
  return { audit, reading, receiver, lease, handler };
}

function composeJoin(shared: Shared, sending: Sending, { news }: Presence): Join {
  return new Join({
    ...shared,
    ...sending,
    epoch: shared.settings.epoch,
    heartbeatMs: shared.config.values.LINNET_HEARTBEAT_MS,
    came: (userId) => news.came(userId),
  });
}

/** The listening socket, and HTTP with the same requests as the connections'. */
function composeServer(
  shared: Shared,
  sending: Sending,
  parts: {
    connections: Connections | undefined;
    commands: readonly number[];
    readiness: Readiness;
    revocations: Revocations;
    kicked: (revocation: Revocation) => void;
    broadcastMade: () => void;
  },
): GatewayServer {
  const { values, origins, trustedProxies: proxies } = shared.config;
  const tokens = tokensOf(shared);
  const { revocations, kicked, broadcastMade } = parts;
  const credentials = new Credentials({ ...shared, tokens, revocations });
  const ready = () => parts.readiness.reasons();
  const api = createApi({
    ...shared,
    ...sending,
    tokens,
    credentials,
    kicked,
    broadcastMade,
    rates: httpRates(shared),
    appKey: values.LINNET_APP_KEY,
    adminKey: shared.config.adminKey,
    epoch: shared.settings.epoch,
    ready,
    commands: parts.commands,
    limits: {
      bodyBytes: values.LINNET_FRAME_BYTES,
      textBytes: values.LINNET_TEXT_BYTES,
      contentBytes: values.LINNET_CONTENT_BYTES,
    },
  });
  const healthAlone = (_: Request, __: string, path: string) =>
    healthPage(path, { ...shared, ready }) ?? notServedHere("this process has not the role api");
  return new GatewayServer({
    ...shared,
    credentials,
    origins,
    proxies,
    connections: parts.connections,
    http: shared.config.roles.has("api")
      ? (request, address) => api.fetch(request, address)
      : healthAlone,
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
}

function httpRates({ config: { values } }: Shared): HttpRates {
  return new HttpRates({
    userPerSecond: values.LINNET_HTTP_PER_SECOND,
    userBurst: values.LINNET_HTTP_BURST,
    addressPerSecond: values.LINNET_ADDRESS_HTTP_PER_SECOND,
    addressBurst: values.LINNET_ADDRESS_HTTP_BURST,
  });
}

/** For administrators; Redis may be away, and the next second tells again. */
function tellState(
  { redis, gatewayId }: Shared,
  connections: Connections,
  startedAt: number,
): void {
  if (!redis.ready) return;
  const state = { gatewayId, version: VERSION, connections: connections.count, startedAt };
  tellGatewayState(redis, state).catch(() => {});
}

/** A gateway that can't be told reads it from Postgres within LINNET_AUDIT_SECONDS. */
function tellGateways({ redis, log, clock }: Shared, revocation: Revocation): void {
  const item = { kind: ITEM.revoke, ...revocation } as const;
  new Router(redis, undefined, clock)
    .route([{ item, answerGateway: "", everywhere: true }])
    .catch((error: unknown) =>
      log.warn({ error: String(error) }, "other gateways could not be told of a kick"),
    );
}

/** Settles when nobody waits for an outcome, or after `boundMs`. */
async function answered(pending: Pending, boundMs: number): Promise<void> {
  for (let waitedMs = 0; pending.open > 0 && waitedMs < boundMs; waitedMs += ANSWERED_MS) {
    await pause(ANSWERED_MS);
  }
}

/** Whoever has waited too long hears that the outcome is not known. */
function answerOverdue({ clock, config }: Shared, { pending, outbound }: Sending): void {
  const overdueMs = clock.monotonicMs() - config.values.LINNET_ANSWER_MS;
  for (const request of pending.overdue(overdueMs)) {
    outbound.answer(answerOf(request, CODE.outcomeUnknown));
  }
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
