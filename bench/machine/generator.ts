// Runs jobs in generator processes of their own.
import type { CatchUpResult, HeldJob, HeldResult, Reply, TrafficResult } from "../generator/job.ts";
import { CHECKOUT, type Cores, pinned } from "./cores.ts";

/** What each kind of job gives. */
interface Results {
  readonly traffic: TrafficResult;
  readonly held: HeldResult;
  readonly "catch-up": CatchUpResult;
}

const WHOLE_TIMEOUT_MS = 10 * 60_000;

/** Rejects with what the generator says went wrong. */
export async function generate<Kind extends keyof Results>(
  job: { readonly kind: Kind },
  cores: Cores | undefined,
): Promise<Results[Kind]> {
  const child = spawn(cores);
  await child.stdin.write(`${JSON.stringify(job)}\n`);
  await child.stdin.end();
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return resultIn(out, err) as Results[Kind];
}

/** Connections that stand until `release` is called. */
export interface Held {
  release(): Promise<HeldResult>;
}

/** Settles when all connections of the job stand. */
export async function hold(job: HeldJob, cores: Cores | undefined): Promise<Held> {
  const child = spawn(cores);
  await child.stdin.write(`${JSON.stringify(job)}\n`);
  await child.stdin.flush();
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let out = "";
  const readUntil = async (text: string | undefined): Promise<void> => {
    while (text === undefined || !out.includes(text)) {
      const { done, value } = await reader.read();
      if (done) return;
      out += decoder.decode(value, { stream: true });
    }
  };
  await readUntil("\n");
  if (!out.startsWith("ready")) throw notHeld(out, await child.stderr.text());
  return {
    async release() {
      await child.stdin.end();
      await readUntil(undefined);
      return resultIn(out, await child.stderr.text()) as HeldResult;
    },
  };
}

function notHeld(out: string, err: string): Error {
  const reply = resultIn(out, err);
  return new Error(`connections were not held: ${JSON.stringify(reply)}`);
}

function spawn(cores: Cores | undefined) {
  return Bun.spawn([...pinned(cores?.generator), process.execPath, "bench/generator/main.ts"], {
    cwd: CHECKOUT,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    timeout: WHOLE_TIMEOUT_MS,
  });
}

function resultIn(out: string, err: string): object {
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`the generator ended without a result:\n${err}${out}`);
  const reply = JSON.parse(last) as Reply<object>;
  if ("failed" in reply) throw new Error(reply.failed);
  return reply.ok;
}
