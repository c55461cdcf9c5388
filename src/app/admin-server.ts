/**
 * The port of its own that every process has, for its operator: health, readiness and metrics.
 * It is never shared, so that each of many processes behind one public port can be asked.
 */
import { type HealthParts, healthPage, notServedHere } from "../http/health.ts";

export interface AdminServer {
  readonly port: number;
  stop(): Promise<void>;
}

export function serveAdmin(parts: HealthParts, host: string, port: number): AdminServer {
  const server = Bun.serve({
    hostname: host,
    port,
    fetch: (request) =>
      healthPage(new URL(request.url).pathname, parts) ??
      notServedHere("this port has /healthz, /readyz and /metrics"),
  });
  return { port: server.port ?? 0, stop: () => server.stop(true) };
}
