// idle: what a connection costs that does nothing, and how many a second can log in; beside it the
// bare server of the runtime.
import { rssKib, kernelKib } from "../machine/processes.ts";
import { hold, type Held } from "../machine/generator.ts";
import { makeUsers } from "../machine/population.ts";
import { startLimit } from "../machine/programs.ts";
import type { ConnectionSpec } from "../generator/job.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, median, otherResult, type OtherTrial } from "../run/result.ts";
import { connectionOf } from "./pairs.ts";
import { startTarget } from "./target.ts";

/** Below the usual limit of open files of a process. */
const CONNECTIONS_EACH = 19_000;
const SETTLE_MS = 2000;

interface Place {
  readonly host: string;
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  readonly greeting: boolean;
  readonly connections: readonly ConnectionSpec[];
}

export async function idle(context: Context): Promise<BenchResult> {
  const { flags, services } = context;
  const trials: OtherTrial[] = [];
  for (let number = 0; number < flags.trials; number++) {
    trials.push(await ourTrial(context, number));
    if (services === undefined) continue;
    trials.push(await bareTrial(context, number));
  }
  const of = (subject: string, name: string) =>
    median(trials.filter((t) => t.subject === subject).map((t) => Number(t[name] ?? 0)));
  const ratio = of("linnet", "kibPerConnection") / of("relay", "kibPerConnection");
  return otherResult(context, {
    scenario: "idle",
    parameters: { connections: flags.connections, framing: flags.framing },
    trials,
    figures: {
      kibPerConnection: of("linnet", "kibPerConnection"),
      kernelKibPerConnection: of("linnet", "kernelKibPerConnection"),
      connectsPerSecond: of("linnet", "connectsPerSecond"),
      bareKibPerConnection: of("relay", "kibPerConnection"),
      bareConnectsPerSecond: of("relay", "connectsPerSecond"),
    },
    ...(services === undefined ? {} : { ratio, ratios: { relay: ratio } }),
    notes: ["the ratio is memory over the bare server's: less is better"],
  });
}

async function ourTrial(context: Context, number: number): Promise<OtherTrial> {
  const { flags, services } = context;
  const gateways = Math.ceil(flags.connections / CONNECTIONS_EACH);
  const target = await startTarget(context, { gateways });
  try {
    const { base, appKey } = target;
    context.tell(`round ${number + 1}: ${flags.connections} connections to linnet`);
    const users = await makeUsers({ services, base, appKey }, flags.connections);
    const connections = users.map(connectionOf);
    const { host, ports, serverPids: pids } = target;
    return await measure(context, "linnet", number, {
      host,
      ports,
      pids,
      greeting: true,
      connections,
    });
  } finally {
    await target.stop();
  }
}

async function bareTrial(context: Context, number: number): Promise<OtherTrial> {
  const { flags, services } = context;
  if (services === undefined) throw new Error("limits need services of the run's own");
  const { framing, bodyBytes } = flags;
  const program = await startLimit("relay", { services, framing, bodyBytes });
  const count = Math.min(flags.connections, CONNECTIONS_EACH);
  context.tell(`round ${number + 1}: ${count} connections to a bare server`);
  try {
    return await measure(context, "relay", number, {
      host: program.host,
      ports: [program.port],
      pids: [program.pid],
      greeting: false,
      connections: Array.from({ length: count }, (_, user) => ({
        path: `/ws?user=${user}`,
        headers: {},
      })),
    });
  } finally {
    await program.stop();
  }
}

async function measure(
  context: Context,
  subject: string,
  number: number,
  place: Place,
): Promise<OtherTrial> {
  const server = { server: place.pids };
  await Bun.sleep(SETTLE_MS);
  const before = { server: rssKib(server)["server"] ?? 0, kernel: kernelKib() };
  const held: Held[] = [];
  const { host, ports, greeting, connections } = place;
  const startMs = performance.now();
  for (let from = 0; from < connections.length; from += CONNECTIONS_EACH) {
    const part = connections.slice(from, from + CONNECTIONS_EACH);
    const port = ports[from / CONNECTIONS_EACH] ?? ports[0] ?? 0;
    const job = { kind: "held", host, ports: [port], greeting, connections: part } as const;
    held.push(await hold({ ...job, framing: context.flags.framing }, context.cores));
  }
  const wholeSeconds = (performance.now() - startMs) / 1000;
  await Bun.sleep(SETTLE_MS);
  const after = { server: rssKib(server)["server"] ?? 0, kernel: kernelKib() };
  const results = await Promise.all(held.map((one) => one.release()));
  const count = connections.length;
  const connectsPerSecond = median(results.map((result) => result.connectsPerSecond));
  return {
    subject,
    number,
    perSecond: connectsPerSecond,
    connections: count,
    closed: results.reduce((sum, result) => sum + result.closed, 0),
    kibPerConnection: (after.server - before.server) / count,
    // Both ends of each connection are on this machine, and the kernel's part is of the same size.
    kernelKibPerConnection: (after.kernel - before.kernel) / count / 2,
    connectsPerSecond,
    wholeSeconds,
    rssBeforeKib: before.server,
    rssAfterKib: after.server,
  };
}
