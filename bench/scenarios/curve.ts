// A curve: the same rate at each of its points, on one server that stays up; and how much more its
// last point takes than its first.
import type { Context } from "../run/context.ts";
import { type BenchResult, median, resultOf } from "../run/result.ts";
import { runTrial, type Subject, type Trial } from "../run/trial.ts";

export interface Curve {
  /** What x counts. */
  readonly name: string;
  readonly xs: readonly number[];
  /** Messages a second, and where that comes from. */
  readonly rate: number;
  readonly load: string;
  /** Brings about a point, and gives the work to do there. */
  reach(x: number): Promise<Subject["job"]>;
}

export type Trials = ReadonlyMap<number, readonly Trial[]>;

/** Load before each trial; the server is warm already. */
const WARM_UP_MOST = 1;

/** In rounds: up in one and down in the next, so that what drifts weighs on both ends alike. */
export async function measureCurve(context: Context, curve: Curve): Promise<Trials> {
  const { name, xs, rate } = curve;
  const warmUp = Math.min(context.flags.warmUp, WARM_UP_MOST);
  const rated = { ...context, flags: { ...context.flags, rate, warmUp } };
  const trials = new Map(xs.map((x) => [x, [] as Trial[]]));
  const rounds = context.flags.trials;
  for (let number = 0; number < rounds; number++) {
    const order = number % 2 === 0 ? xs : [...xs].reverse();
    for (const x of order) {
      const work = await curve.reach(x);
      context.tell(`round ${number + 1} of ${rounds}: ${named(x, name)}, ${rate} a second`);
      trials.get(x)?.push(await runTrial(rated, "linnet", work, number));
    }
  }
  return trials;
}

/** A result for each point, by its name. */
export function pointsOf(context: Context, curve: Curve, trials: Trials) {
  const parts: Record<string, BenchResult> = {};
  for (const [x, own] of trials) {
    const name = named(x, curve.name);
    parts[name] = resultOf(context, {
      scenario: `scale ${curve.name}`,
      // The rate follows from the run, so it is no name of what was measured.
      parameters: {
        curve: curve.name,
        x,
        name,
        framing: context.flags.framing,
        load: curve.load,
      },
      trials: own,
      bound: undefined,
      stored: true,
      notes: [`${curve.rate} a second: ${curve.load}`],
    });
  }
  return parts;
}

/** One point over another, round by round, then the median; saturated rounds left out. */
export function ratioBetween(
  trials: Trials,
  { of, over }: { of: number; over: number },
  figure: (trial: Trial) => number,
): number {
  const rounds = (trials.get(of) ?? []).map((trial) => {
    const below = trials.get(over)?.find((other) => other.number === trial.number) as Trial;
    const saturated = trial.saturated || below.saturated;
    return { saturated, ratio: figure(trial) / figure(below) };
  });
  const counted = rounds.filter((round) => !round.saturated);
  return median((counted.length > 0 ? counted : rounds).map((round) => round.ratio));
}

/** The steps below `most`, and `most` itself. */
export function stepsTo(most: number, steps: readonly number[]): number[] {
  return [...steps.filter((step) => step < most), most];
}

export function named(x: number, what: string): string {
  return `${x.toLocaleString("en")} ${what}`;
}
