// Runs one job in a generator process of its own.
import type { Reply } from "../generator/job.ts";
import { CHECKOUT, type Cores, pinned } from "./cores.ts";

const WHOLE_TIMEOUT_MS = 10 * 60_000;

/** Rejects with what the generator says went wrong. */
export async function generate<Result>(job: object, cores: Cores | undefined): Promise<Result> {
  const child = Bun.spawn(
    [...pinned(cores?.generator), process.execPath, "bench/generator/main.ts"],
    {
      cwd: CHECKOUT,
      stdin: new Blob([JSON.stringify(job)]),
      stdout: "pipe",
      stderr: "pipe",
      timeout: WHOLE_TIMEOUT_MS,
    },
  );
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  if (!last.startsWith("{")) throw new Error(`the generator ended without a result:\n${err}${out}`);
  const reply = JSON.parse(last) as Reply<Result>;
  if ("failed" in reply) throw new Error(reply.failed);
  return reply.ok;
}
