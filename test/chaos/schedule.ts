/** Which faults come when: overlapping bursts, drawn from the seed, every kind in turn. */
import type { Random } from "./random.ts";

/** Kinds by weight: of each burst's faults, so many are drawn of each class. */
export const KINDS = {
  heavy: ["redisKill", "postgresKill", "writerPause", "redisEmpty"],
  middle: [
    "workerKill",
    "gatewayKill",
    "flushAll",
    "clientKill",
    "cutRedis",
    "cutPostgres",
    "clockJump",
    "gatewayPause",
  ],
  light: [
    "sendsTwice",
    "connectionCut",
    "halfOpen",
    "kick",
    "turnsWide",
    "stopsReading",
    "slowNetwork",
    "delay",
  ],
} as const;

export type FaultName = (typeof KINDS)[keyof typeof KINDS][number];

export interface PlannedFault {
  name: FaultName;
  /** After the burst's beginning. */
  offsetMs: number;
  durationMs: number;
}

const PER_BURST = { heavy: 1, middle: 3, light: 3 } as const;
const SPREAD_MS = 1500;

/** How long a fault of a kind lasts, from and to, ms. */
const DURATIONS: Readonly<Record<FaultName, readonly [number, number]>> = {
  redisKill: [100, 1200],
  redisEmpty: [100, 1200],
  postgresKill: [100, 1200],
  // Longer than the gateway's lease and than a standby waits for a silent writer.
  writerPause: [6000, 7000],
  workerKill: [200, 1500],
  gatewayKill: [200, 1500],
  flushAll: [0, 0],
  clientKill: [0, 0],
  cutRedis: [300, 2500],
  cutPostgres: [300, 2500],
  clockJump: [1000, 3000],
  gatewayPause: [4500, 5500],
  sendsTwice: [1000, 3000],
  connectionCut: [0, 1500],
  halfOpen: [1000, 3000],
  kick: [500, 2000],
  turnsWide: [300, 800],
  stopsReading: [1500, 3000],
  slowNetwork: [1000, 3000],
  delay: [1000, 3000],
};

/** Bursts for ever; those `without` never come. */
export function* bursts(
  random: Random,
  without: ReadonlySet<FaultName> = new Set(),
): Generator<PlannedFault[], never> {
  const decks = {
    heavy: deck(random.fork(), KINDS.heavy, without),
    middle: deck(random.fork(), KINDS.middle, without),
    light: deck(random.fork(), KINDS.light, without),
  };
  for (;;) {
    const burst: PlannedFault[] = [];
    for (const weight of ["heavy", "middle", "light"] as const) {
      for (let i = 0; i < PER_BURST[weight]; i++) {
        const name = decks[weight]();
        if (name === undefined) continue;
        const [least, most] = DURATIONS[name];
        const offsetMs = random.between(0, SPREAD_MS);
        burst.push({ name, offsetMs, durationMs: random.between(least, most) });
      }
    }
    yield burst;
  }
}

/** Draws without putting back until all have come, then anew: no kind is left out for long. */
function deck(
  random: Random,
  kinds: readonly FaultName[],
  without: ReadonlySet<FaultName>,
): () => FaultName | undefined {
  const allowed = kinds.filter((kind) => !without.has(kind));
  let cards: FaultName[] = [];
  return () => {
    if (cards.length === 0) cards = random.shuffled(allowed);
    return cards.pop();
  };
}
