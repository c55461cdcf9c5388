/** Runs many processes of this program: the supervisor with its signals and its own port. */
import type { Clock } from "../base/clock.ts";
import { createLog } from "../base/log.ts";
import { serveAdmin } from "./admin-server.ts";
import { type ChildProcess, spawnChild } from "./child.ts";
import type { Config } from "./config.ts";
import { mergeMetrics } from "./merge-metrics.ts";
import { Supervisor } from "./supervisor.ts";

export interface Many {
  /** Settles when no process can start, since all refuse the configuration. */
  readonly refused: Promise<void>;
  roll(): Promise<void>;
  stop(): Promise<void>;
}

/** Beyond what a drain takes by itself, before a process is killed. */
const STOP_MARGIN_MS = 10_000;
const METRICS_MS = 2000;

export function startMany(
  config: Config,
  count: number,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Many {
  const { values, roles } = config;
  const log = createLog(values.LINNET_LOG_LEVEL, "supervisor");
  const port = values.LINNET_PORT === 0 ? freePort(values.LINNET_HOST) : values.LINNET_PORT;
  const env = {
    ...environment,
    LINNET_PORT: String(port),
    // The operator's port is the supervisor's; it shows those of all.
    LINNET_ADMIN_PORT: "0",
    LINNET_ROLES: [...roles].join(","),
  };
  const command = ownCommand();
  const supervisor = new Supervisor({
    count,
    clock,
    log,
    spawn: () => spawnChild(command, env),
    stopMs: values.LINNET_ANSWER_MS + STOP_MARGIN_MS,
  });
  const parts = {
    ready: () => supervisor.readiness(),
    registry: {
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      metrics: () => metricsOf(supervisor.serving(), values.LINNET_ADMIN_HOST),
    },
  };
  const admin = serveAdmin(parts, values.LINNET_ADMIN_HOST, values.LINNET_ADMIN_PORT);
  supervisor.start();
  log.info({ port, adminPort: admin.port, processes: count }, "supervising");
  return {
    refused: supervisor.refused,
    roll: () => supervisor.roll(),
    async stop() {
      await supervisor.stop();
      await admin.stop();
    },
  };
}

/** This program again; a compiled one has its entry inside. */
function ownCommand(): string[] {
  const entry = Bun.main;
  const compiled = entry.startsWith("/$bunfs/") || entry.startsWith("B:\\~BUN\\");
  return compiled ? [process.execPath] : [process.execPath, entry];
}

/** Children that took a free port each would not share one. */
function freePort(hostname: string): number {
  const listener = Bun.listen({ hostname, port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Of each process that answers; one that does not is missing, and readiness says why. */
async function metricsOf(
  serving: ReadonlyMap<number, ChildProcess>,
  host: string,
): Promise<string> {
  const pages = await Promise.all(
    [...serving].map(async ([place, child]): Promise<[number, string] | undefined> => {
      try {
        const url = `http://${host}:${child.ready?.adminPort ?? 0}/metrics`;
        const answer = await fetch(url, { signal: AbortSignal.timeout(METRICS_MS) });
        return [place, await answer.text()];
      } catch {
        return undefined;
      }
    }),
  );
  return mergeMetrics(new Map(pages.filter((page) => page !== undefined)));
}
