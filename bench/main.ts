// Entry: `bun run bench <scenario> [--json] [flags]`. Starts services of its own, or measures a
// deployment that stands already with --url and --app-key.
import { Command, InvalidArgumentError, Option } from "commander";
import { FRAMINGS } from "../src/wire/frame.ts";
import { chooseCores, pinSelf } from "./machine/cores.ts";
import { startServices } from "./machine/services.ts";
import { saveResult, writeReport } from "./report/write.ts";
import type { Context, Flags } from "./run/context.ts";
import { startProgress } from "./run/progress.ts";
import type { BenchResult } from "./run/result.ts";
import { printResult } from "./run/table.ts";
import { storm, sync } from "./scenarios/away.ts";
import { compare } from "./scenarios/compare.ts";
import { direct, push } from "./scenarios/direct.ts";
import { fanout } from "./scenarios/fanout.ts";
import { limits } from "./scenarios/bounds.ts";
import { idle } from "./scenarios/idle.ts";
import { micro } from "./scenarios/micro.ts";
import { mixed } from "./scenarios/mixed.ts";
import { SCALE_HELP, scale } from "./scenarios/scale.ts";

type Scenario = (context: Context) => Promise<BenchResult>;

/** Of `--warm-up`; as long as a path of thousands of functions takes to be compiled. */
const WARM_UP_SECONDS: Readonly<Record<string, number>> = {
  direct: 12,
  push: 8,
  compare: 8,
  scale: 5,
};
const WARM_UP_ELSE_SECONDS = 3;

/** Of `--seconds`: less where there are many trials, to stay within two minutes. */
const SECONDS: Readonly<Record<string, number>> = { scale: 1, limits: 1.5, fanout: 2 };
const SECONDS_ELSE = 3;

const SCENARIOS: Readonly<Record<string, readonly [what: string, run: Scenario]>> = {
  direct: ["stored one-to-one chat", direct],
  fanout: ["one to a group: with inbox rows, wide, mass", fanout],
  idle: ["memory of connections that do nothing, and logins a second", idle],
  storm: ["all reconnect and sync at once", storm],
  sync: ["a user who missed 10,000 events comes back", sync],
  mixed: ["a day of a real service in small", mixed],
  micro: ["the parts by themselves: filter, codecs, tables, script, statement", micro],
  limits: ["what the machine can do with everything of ours taken away", limits],
  compare: ["the same work on ejabberd with MAM and on socket.io with an INSERT each", compare],
  scale: ["latency and cost against connections, conversations, group size, processes", scale],
  push: ["one-to-one pushes that are not stored", push],
};

const MORE: Readonly<Record<string, string>> = { scale: SCALE_HELP };

interface GivenFlags extends Flags {
  readonly json: boolean;
  readonly save: boolean;
  readonly serverCores: string;
  readonly generatorCores: string;
}

async function run(name: string, scenario: Scenario, flags: GivenFlags): Promise<void> {
  const cores = chooseCores(flags.serverCores, flags.generatorCores);
  if (cores !== undefined) pinSelf(cores.server);
  const progress = startProgress();
  progress.tell("starting Postgres and Redis");
  const services = flags.url === undefined ? await startServices() : undefined;
  try {
    const result = await scenario({ flags, cores, services, tell: progress.tell });
    progress.end();
    if (!flags.json) printResult(result);
    if (flags.save) saveResult(name, result);
    if (flags.json) console.log(JSON.stringify(result));
  } finally {
    progress.end();
    await services?.stop();
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("a whole number");
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("a number of seconds");
  return value;
}

function names(text: string): string[] {
  return text === "none" ? [] : text.split(",");
}

/** What to do about it, where the server's limits for clients are the reason. */
function sentenceOf(error: Error): string {
  if (!/upgrade was answered 429/.test(error.message)) return error.message;
  return `${error.message}: raise LINNET_CONNECTS_PER_SECOND and LINNET_CONNECTS_BURST there`;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const program = new Command("bench").description("Measure Linnet, and what bounds it");
for (const [name, [what, scenario]] of Object.entries(SCENARIOS)) {
  program
    .command(name)
    .description(what)
    .addHelpText("after", MORE[name] ?? "")
    .option("--json", "one JSON object as the last line", false)
    .option("--no-save", "leave no file in bench/results")
    .addOption(new Option("--framing <framing>").choices(FRAMINGS).default("proto"))
    .option("--pairs <n>", "pairs of users", whole, 100)
    .option("--window <n>", "messages under way in each pair (closed loop)", whole, 8)
    .option("--rate <n>", "messages a second over all (open loop), 0 for closed", whole, 0)
    .option("--seconds <s>", "measured time of a trial", seconds, SECONDS[name] ?? SECONDS_ELSE)
    .option(
      "--warm-up <s>",
      "load before a program is first measured, at most 1 s of it before each later trial",
      seconds,
      WARM_UP_SECONDS[name] ?? WARM_UP_ELSE_SECONDS,
    )
    .option("--trials <n>", "trials of each", whole, 3)
    .option("--body-bytes <n>", "bytes of text in a message", whole, 200)
    .option("--connections <n>", "connections, where a scenario asks how many", whole, 10_000)
    .option("--conversations <n>", "conversations of scale at most", whole, 10_000)
    .option("--members <n>", "members of a group at most", whole, 100_000)
    .option("--missed <n>", "events that a user has missed", whole, 10_000)
    .option("--curves <names>", "connections,conversations,members,processes of scale", names)
    .option("--limits <names>", "limits to measure beside it, by commas, or none", names)
    .addOption(
      new Option("--address <how>").choices(["to", "conversation"]).default("conversation"),
    )
    .option("--url <url>", "a deployment that stands: http://host:port; starts nothing")
    .option("--app-key <key>", "its key")
    .option("--profile <folder>", "write a CPU profile of the server there")
    .option("--server-cores <list>", "cores of everything on the server's side", "0")
    .option("--generator-cores <list>", "cores of the generator", "1")
    .action((flags: GivenFlags) => run(name, scenario, flags));
}

program
  .command("report")
  .description("one HTML page of all results so far, in bench/results")
  .option("--docs", "also docs/performance.md and its charts as PNG", false)
  .action((flags: { docs: boolean }) => writeReport(flags.docs));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? sentenceOf(error) : String(error));
  // Connections of the scenario that broke may still be open, and would keep the process.
  process.exit(1);
}
