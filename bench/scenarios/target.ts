// The server that a scenario without limits talks to: one of the run's own, or one that stands.
import type { ProcessIds } from "../generator/job.ts";
import { APP_KEY, type Program, startServer } from "../machine/programs.ts";
import type { Context } from "../run/context.ts";

export interface Target {
  readonly host: string;
  readonly ports: readonly number[];
  readonly base: string;
  readonly appKey: string;
  readonly processes: ProcessIds;
  readonly serverPids: readonly number[];
  stop(): Promise<void>;
}

export interface TargetOptions {
  /** Processes that hold connections; the first does everything else too. */
  readonly gateways?: number;
  /** Whether a worker process of its own settles. */
  readonly worker?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startTarget(context: Context, options: TargetOptions = {}): Promise<Target> {
  const { services, flags } = context;
  if (services === undefined) {
    const { host, port } = addressOf(flags.url);
    return {
      host,
      ports: [port],
      base: `http://${host}:${port}`,
      appKey: flags.appKey ?? APP_KEY,
      processes: {},
      serverPids: [],
      stop: async () => {},
    };
  }
  const starting: Promise<Program>[] = [];
  const settings = options.settings ?? {};
  const rest = options.worker ? "gateway,api" : "gateway,worker,api";
  for (let n = 0; n < (options.gateways ?? 1); n++) {
    const roles = n === 0 ? rest : "gateway";
    // Only the first is looked into.
    const profile = n === 0 && flags.profile !== undefined ? { profile: flags.profile } : {};
    starting.push(startServer({ services, roles, settings, ...profile }));
  }
  // All at once: a gateway may not be ready before there is a writer.
  const working = options.worker
    ? startServer({ services, roles: "worker", settings })
    : Promise.resolve(undefined);
  const [worker, ...programs] = await Promise.all([working, ...starting]);
  const first = programs[0] as Program;
  const serverPids = programs.map((program) => program.pid);
  return {
    host: first.host,
    ports: programs.map((program) => program.port),
    base: `http://${first.host}:${first.port}`,
    appKey: APP_KEY,
    processes: {
      ...(worker ? { gateway: serverPids, worker: [worker.pid] } : { server: serverPids }),
      redis: [services.redisPid],
      postgres: [services.postgresPid],
    },
    serverPids,
    async stop() {
      for (const program of [...programs, ...(worker ? [worker] : [])]) await program.stop();
    },
  };
}

function addressOf(url: string | undefined): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url ?? "");
  if (protocol !== "http:" && protocol !== "ws:") {
    throw new Error("--url is http://host:port; put the bench behind the proxy that ends TLS");
  }
  return { host: hostname, port: Number(port === "" ? 80 : port) };
}
