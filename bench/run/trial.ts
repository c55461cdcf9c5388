// One measured run of one subject, and the loop that makes several of each, alternating.
import type { TrafficJob, TrafficResult } from "../generator/job.ts";
import { generate } from "../machine/generator.ts";
import type { RedisStatistics } from "../machine/services.ts";
import type { Context } from "./context.ts";

/** Something under test, started and ready for a generator. */
export interface Subject {
  /** Everything of the job but how long and how hard. */
  readonly job: { readonly readEvery?: number } & Omit<
    TrafficJob,
    "kind" | "window" | "rate" | "messagesMost" | "readEvery" | "warmUpSeconds" | "seconds"
  >;
  stop(): Promise<void>;
}

export interface SubjectPlan {
  /** "linnet", or the name of a limit or of another server. */
  readonly name: string;
  start(): Promise<Subject>;
}

export interface Trial extends TrafficResult {
  readonly subject: string;
  readonly number: number;
  readonly cpuMicrosPerMessageTotal: number;
  /** Share of the measured time in which server-side processes were on a core. */
  readonly serverBusy: number;
  /** The generator was the bottleneck, so this run does not count. */
  readonly saturated: boolean;
  readonly redis: RedisStatistics | undefined;
  readonly rows: { before: Record<string, number>; after: Record<string, number> } | undefined;
}

const BUSY = 0.95;
const LATE_MS = 5;

/** Load before a later round: the subject is warm already, its queues are empty. */
const WARM_UP_AGAIN_SECONDS = 1;

/**
 * Each subject once in each round, the order turned round from one to the next. A subject stays up
 * until the last round: its code is compiled while it runs, and a new process would begin again.
 */
export async function runTrials(context: Context, plans: readonly SubjectPlan[]): Promise<Trial[]> {
  const trials: Trial[] = [];
  const { trials: rounds } = context.flags;
  const subjects = new Map<SubjectPlan, Subject>();
  try {
    for (let number = 0; number < rounds; number++) {
      const order = number % 2 === 0 ? plans : [...plans].reverse();
      for (const plan of order) {
        context.tell(`round ${number + 1} of ${rounds}: ${plan.name}`);
        const subject = subjects.get(plan) ?? (await plan.start());
        subjects.set(plan, subject);
        trials.push(await runTrial(context, plan.name, subject.job, number));
      }
    }
    return trials;
  } finally {
    for (const subject of subjects.values()) await subject.stop();
  }
}

/** The first of a subject, number 0, is warmed up for as long as the flags say. */
export async function runTrial(
  context: Context,
  name: string,
  work: Subject["job"],
  number: number,
): Promise<Trial> {
  const { flags, services, cores } = context;
  await services?.checkpoint();
  await services?.resetRedisStatistics();
  const isOurs = name === "linnet";
  const entriesBefore = (await services?.redisStatistics())?.entriesAdded ?? 0;
  const before = isOurs ? await services?.rows() : undefined;
  const job: TrafficJob = {
    readEvery: 0,
    ...work,
    kind: "traffic",
    window: flags.window,
    rate: flags.rate,
    messagesMost: 0,
    warmUpSeconds: number === 0 ? flags.warmUp : Math.min(flags.warmUp, WARM_UP_AGAIN_SECONDS),
    seconds: flags.seconds,
  };
  const result = await generate(job, cores);
  refuseLimited(result);
  const redis = await services?.redisStatistics();
  const after = isOurs ? await services?.rows() : undefined;
  return {
    ...judged(name, number, result, flags.rate > 0),
    redis: redis && { ...redis, entriesAdded: redis.entriesAdded - entriesBefore },
    rows: before && after && { before, after },
  };
}

function judged(subject: string, number: number, result: TrafficResult, openLoop: boolean) {
  const serverMicros = Object.entries(result.cpuMicros)
    .filter(([name]) => name !== "generator")
    .reduce((sum, [, micros]) => sum + micros, 0);
  const serverBusy = serverMicros / (result.seconds * 1e6);
  // In an open loop the generator looks at the clock all the time, so only being late counts.
  const saturated = openLoop
    ? result.latenessMs > LATE_MS
    : result.generatorBusy >= BUSY && serverBusy < BUSY;
  return {
    ...result,
    subject,
    number,
    cpuMicrosPerMessageTotal: serverMicros / Math.max(result.messages, 1),
    serverBusy,
    saturated,
  };
}

/** 429 means that the server's limits for clients were measured, not the server. */
function refuseLimited(result: TrafficResult): void {
  if ((result.refused["429"] ?? 0) === 0) return;
  throw new Error(
    "the server refused messages with 429: raise LINNET_MESSAGES_PER_SECOND and " +
      "LINNET_MESSAGES_BURST there, or send less by --rate",
  );
}
