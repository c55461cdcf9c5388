/** One proof: a server of many processes, clients, faults from the seed, and the evidence of it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../src/base/backoff.ts";
import { Backing } from "./backing.ts";
import { Cluster } from "./cluster.ts";
import { Counters } from "./counters.ts";
import type { Scene } from "./fault.ts";
import { askUnread, awaitComplete, countLeft, readLevel } from "./finish.ts";
import { Journal } from "./journal.ts";
import { unmet } from "./ledger.ts";
import { Random } from "./random.ts";
import type { Tables } from "./record.ts";
import { bursts, type FaultName } from "./schedule.ts";
import { setStage, type Stage, type StageOptions } from "./stage.ts";
import { Striker } from "./strike.ts";
import { Traffic } from "./traffic.ts";

export interface RunOptions {
  seconds: number;
  seed: number;
  clients: number;
  perSecond: number;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Told what goes on. */
  say: (line: string) => void;
}

export interface RunResult {
  journal: Journal;
  tables: Tables;
  /** Where the processes' logs are. */
  folder: string;
}

const CALM_MS = 4000;
/** In calm, from so long after the last fault has been healed, clients should be pushed to. */
const RECOVERED_AFTER_MS = 2500;
const LAST_CALM_MS = 6000;
/** After the last fault everyone must have everything within this time. */
const LIVE_EVERY_MS = 2000;
const COMPLETE_MS = 70_000;
/** Bursts beyond the time, while the faults have not met work of every kind. */
const MORE_BURSTS_MAX = 4;
/** So long clients and tables are looked at until they are those of one moment. */
const LEVEL_MS = 15_000;

export async function run(options: RunOptions): Promise<RunResult> {
  const journal = new Journal();
  const random = new Random(options.seed);
  const folder = mkdtempSync(join(tmpdir(), "linnet-prove-"));
  mkdirSync(folder, { recursive: true });
  options.say("starting Postgres, Redis, 3 gateways and 2 workers");
  const backing = await Backing.open(options.databaseUrl, options.redisUrl);
  const cluster = await Cluster.start(backing, folder);
  try {
    const stageOptions: StageOptions = {
      clients: options.clients,
      urls: cluster.gateways.map((node) => node.url),
      gatewayPorts: cluster.gateways.map((node) => node.options.port),
      random: random.fork(),
      journal,
    };
    options.say(`setting the stage for ${options.clients} clients`);
    const stage = await setStage(stageOptions);
    await Promise.all(stage.actors.map((actor) => actor.client.connect()));
    const scene: Scene = { cluster, backing, stage, stageOptions, random: random.fork() };
    const tables = await perform(options, scene, journal);
    await leave(stage);
    await countLeft(cluster, backing, journal);
    return { journal, tables, folder };
  } finally {
    await cluster.stop();
    await backing.close();
  }
}

async function perform(options: RunOptions, scene: Scene, journal: Journal): Promise<Tables> {
  const { stage, backing, cluster, random } = scene;
  const counters = new Counters(cluster);
  const traffic = new Traffic(stage.actors, options.perSecond, random.fork());
  const striker = new Striker(scene, journal, traffic);
  const live = new LiveLine(options, journal, striker, traffic);
  await pause(1000);
  const endMs = performance.now() + options.seconds * 1000;
  const plan = bursts(random.fork(), impossible(backing));
  for (let more = 0; more < MORE_BURSTS_MAX; ) {
    await striker.burst(plan.next().value);
    const isOver = performance.now() >= endMs;
    await calm(journal, isOver ? LAST_CALM_MS : CALM_MS);
    if (!isOver) continue;
    const missing = unmet(journal.records, (name) => counters.sum(name));
    if (missing.length === 0) break;
    more += 1;
    options.say(`another burst: nothing yet of ${missing.join(", ")}`);
  }
  const completeBy = performance.now() - LAST_CALM_MS + COMPLETE_MS;
  await traffic.stop();
  await awaitComplete(stage.actors, backing, journal, completeBy);
  live.stop();
  options.say("comparing clients and tables");
  const levelBy = Math.max(completeBy, performance.now() + LEVEL_MS);
  const tables = await readLevel(stage.actors, backing, journal, levelBy);
  await askUnread(stage.actors, journal);
  await counters.stop(journal);
  return tables;
}

/** Kinds that can't be carried out on services that are not ours. */
function impossible(backing: Backing): Set<FaultName> {
  const without = new Set<FaultName>();
  if (backing.redis === undefined) without.add("redisKill").add("redisEmpty");
  if (backing.postgres === undefined) without.add("postgresKill");
  return without;
}

async function calm(journal: Journal, ms: number): Promise<void> {
  await pause(RECOVERED_AFTER_MS);
  const fromMs = journal.nowMs();
  await pause(ms - RECOVERED_AFTER_MS);
  journal.add({ kind: "calm", fromMs, toMs: journal.nowMs() });
}

async function leave(stage: Stage): Promise<void> {
  await Promise.all(stage.actors.map((actor) => actor.client.close()));
  for (const { proxy } of stage.actors) {
    proxy.release();
    proxy.close();
  }
}

/** Says every so often how it goes. */
class LiveLine {
  #going = true;

  constructor(options: RunOptions, journal: Journal, striker: Striker, traffic: Traffic) {
    void this.#loop(options, journal, striker, traffic);
  }

  stop(): void {
    this.#going = false;
  }

  async #loop(
    options: RunOptions,
    journal: Journal,
    striker: Striker,
    traffic: Traffic,
  ): Promise<void> {
    let answered = 0;
    let at = 0;
    while (this.#going) {
      await pause(LIVE_EVERY_MS);
      for (; at < journal.records.length; at++) {
        const record = journal.records[at];
        if (record?.kind === "answered" && record.code === 200) answered += 1;
      }
      const seconds = Math.round(journal.nowMs() / 1000);
      const online = traffic.online;
      const under = [...striker.under].join(" ");
      options.say(
        `${seconds} s: ${online} online, ${answered} answered, ${traffic.inFlight} in flight, ` +
          `${striker.count} faults${under === "" ? "" : `, now ${under}`}`,
      );
    }
  }
}

export function forgetLogs(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
