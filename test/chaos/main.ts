/** `bun run prove`: kills anything under load, and shows that nothing was lost. docs/proof.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { arrange } from "./evidence.ts";
import { writeLines } from "./journal.ts";
import { judge, type Judged } from "./ledger.ts";
import { forgetLogs, run, type RunResult } from "./run.ts";

interface Flags {
  seconds: number;
  seed: number;
  clients: number;
  rate: number;
  json?: true;
  out?: string;
  databaseUrl?: string;
  redisUrl?: string;
}

const FINDINGS_SHOWN = 5;

const flags = new Command("prove")
  .description("Kill parts at random under load, and show that nothing was lost")
  .option("--seconds <n>", "how long faults go on", number, 60)
  .option("--seed <n>", "what happens follows from it", number, Date.now() % 1_000_000)
  .option("--clients <n>", "connections", number, 40)
  .option("--rate <n>", "sends a second, of all clients", number, 150)
  .option("--json", "the last line is the ledger as one JSON object")
  .option("--out <dir>", "write every record there as NDJSON")
  .option("--database-url <url>", "an empty Postgres in place of a private one; not killed then")
  .option("--redis-url <url>", "a Redis in place of a private one; it is emptied, not killed")
  .parse()
  .opts<Flags>();

function number(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("a whole number");
  return value;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { seconds, seed, clients, rate } = flags;
  say(`seed ${seed}`);
  const { databaseUrl, redisUrl } = flags;
  const result = await run({ seconds, seed, clients, perSecond: rate, databaseUrl, redisUrl, say });
  const judged = judge(arrange(result.journal.records, result.tables));
  if (flags.out !== undefined) await writeOut(flags.out, result, judged);
  tell(judged, result);
  const ok = judged.violations.length === 0;
  if (ok) forgetLogs(result.folder);
  if (flags.json) console.log(JSON.stringify({ ...judged.ledger, seed, ok }));
  return ok ? 0 : 1;
}

/** A row of each table a line, with its table's name. */
async function writeOut(folder: string, result: RunResult, judged: Judged): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeLines(join(folder, "records.ndjson"), result.journal.records);
  const rows = Object.entries(result.tables).flatMap(([table, all]) =>
    (all as object[]).map((row) => ({ table, ...row })),
  );
  await writeLines(join(folder, "tables.ndjson"), rows);
  writeFileSync(join(folder, "ledger.json"), `${JSON.stringify(judged, null, 2)}\n`);
  writeFileSync(join(folder, "problems.txt"), `${result.journal.problems.join("\n")}\n`);
}

function tell({ ledger, findings, violations }: Judged, { folder }: RunResult): void {
  for (const [name, value] of Object.entries(ledger)) {
    const shown = typeof value === "object" ? JSON.stringify(value) : String(value);
    say(`${name.padEnd(24)} ${shown}`);
  }
  for (const [name, found] of Object.entries(findings)) {
    for (const finding of found.slice(0, FINDINGS_SHOWN)) say(`  ${name}: ${finding}`);
  }
  if (violations.length === 0) return say("Every promise held.");
  for (const violation of violations) say(`VIOLATION ${violation}`);
  say(`Run it again with --seed ${flags.seed}; the processes' logs are in ${folder}`);
}

// A query to a Postgres that is being killed may reject more than once: said, and no more.
process.on("unhandledRejection", (reason) => say(`unhandled rejection: ${String(reason)}`));

process.exit(await main());
