/** Entry: configuration, compose, run, drain. */
import { Command } from "commander";
import { start } from "./app/compose.ts";
import { ConfigError, environment, readConfig } from "./app/config.ts";

const flags = new Command("linnet")
  .description("Start the server; services and settings come from the environment")
  .option("--roles <roles>", "what this process does: gateway,worker,api")
  .parse()
  .opts<{ roles?: string }>();

// One forgotten promise must not end the process: it is said, and counted as a bug.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`unhandled rejection: ${String(reason)}\n`);
});

try {
  const running = await start(readConfig(environment(), flags.roles));
  const stop = (): void => {
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
