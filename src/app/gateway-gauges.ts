/** What a gateway counts, read when /metrics is asked: nothing is counted twice on the hot path. */
import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../base/clock.ts";
import type { Connections } from "../gateway/connections.ts";
import type { Inbound } from "../gateway/inbound.ts";
import type { Outbound } from "../gateway/outbound.ts";
import type { TransientPush } from "../gateway/transient-push.ts";
import type { Pending } from "../path/pending.ts";
import type { PresenceNews } from "../path/presence-news.ts";

export function gatewayGauges(
  registry: Registry,
  parts: {
    connections: Connections;
    outbound: Outbound;
    inbound: Inbound;
    pending: Pending;
    transientPush: TransientPush;
    news: PresenceNews;
    clock: Clock;
  },
): void {
  const { connections, outbound, inbound, pending, clock } = parts;
  const gauge = (name: string, help: string, value: () => number): void => {
    const made = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    });
    registry.registerMetric(made);
  };
  gauge("linnet_connections", "Connections of this gateway", () => connections.count);
  gauge("linnet_requests_pending", "Requests whose outcome is awaited", () => pending.open);
  gauge("linnet_line_wait_ms", "How long the next request to be settled has waited", () =>
    pending.waitMs(clock.monotonicMs()),
  );
  gauge("linnet_frames_received_total", "Frames from clients", () => inbound.received);
  gauge("linnet_frames_refused_total", "Frames answered with a code", () => inbound.refused);
  gauge("linnet_pushes_total", "Pushes sent", () => outbound.pushed);
  gauge("linnet_hints_total", "Hints sent: pull", () => outbound.hinted);
  gauge(
    "linnet_transients_dropped_total",
    "News of presence and signals that were dropped under pressure, or came too late",
    () => parts.transientPush.dropped + parts.news.dropped,
  );
  gauge("linnet_slow_total", "Times a slow connection left push mode", () => outbound.slowed);
}
