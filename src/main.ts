/** Entry: configuration, compose, run, drain; or, with `--processes`, a supervisor of such. */
import { Command, InvalidArgumentError } from "commander";
import { REFUSED_CODE, tellReady } from "./app/child.ts";
import { start } from "./app/compose.ts";
import { ConfigError, environment, readConfig } from "./app/config.ts";
import { startMany } from "./app/many.ts";
import { systemClock } from "./base/clock.ts";

const flags = new Command("linnet")
  .description("Start the server; services and settings come from the environment")
  .option("--roles <roles>", "what this process does: gateway,worker,api")
  .option("--processes <n>", "so many processes on one port, kept running", countOf)
  .parse()
  .opts<{ roles?: string; processes?: number }>();

// One forgotten promise must not end the process: it is said, and counted as a bug.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`unhandled rejection: ${String(reason)}\n`);
});

let stopping = false;
let stopRunning: (() => Promise<void>) | undefined;

/** The drain, once; before anything runs there is nothing to give back. */
function stop(): void {
  if (stopping) return;
  stopping = true;
  if (stopRunning === undefined) process.exit(0);
  stopRunning().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// Whoever supervises is gone: nobody would replace or stop this process any more.
process.on("disconnect", stop);

try {
  const config = readConfig(environment(), flags.roles);
  if (flags.processes === undefined) {
    const running = await start(config);
    stopRunning = () => running.stop();
    tellReady(running);
  } else {
    const many = startMany(config, flags.processes, environment(), systemClock);
    stopRunning = () => many.stop();
    const roll = (): void => void many.roll();
    process.on("SIGHUP", roll);
    process.on("SIGUSR2", roll);
    await many.refused;
    await many.stop();
    process.exit(REFUSED_CODE);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(REFUSED_CODE);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new InvalidArgumentError("a whole number from 1 to 256");
}
