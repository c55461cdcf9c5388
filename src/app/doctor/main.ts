/** Entry of `bun run doctor`: examines an installation, and says how to mend what is wrong. */
import { Command } from "commander";
import { environment } from "../config.ts";
import { examine } from "./examine.ts";
import { shown } from "./finding.ts";

const flags = new Command("doctor")
  .description("Examine Postgres, Redis, clocks and limits; exit 1 when something is wrong")
  .option("--url <url>", "measure a proxy: its address, as clients have it")
  .option("--idle-seconds <seconds>", "silence that it must bear (default: heartbeat + 5)")
  .parse()
  .opts<{ url?: string; idleSeconds?: string }>();

const findings = await examine(environment(), {
  ...(flags.url === undefined ? {} : { url: flags.url }),
  ...(flags.idleSeconds === undefined ? {} : { idleMs: Number(flags.idleSeconds) * 1000 }),
});
for (const finding of findings) console.log(shown(finding));
const count = (state: string) => findings.filter((finding) => finding.state === state).length;
console.log(`\n${count("ok")} ok, ${count("warning")} warnings, ${count("wrong")} wrong`);
process.exit(count("wrong") === 0 ? 0 : 1);
