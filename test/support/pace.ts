/** Waiting, pacing below the server's documented limits, and seeded chance. */

/** The documented limit is 50 messages a second and connection; this stays below it. */
export const sendsPerSecondMax = 45;

/** The documented limit is 100 new connections a second and address; all checks share this pace. */
const connectPace = pace(60);

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs it once the time is over, unless the timer is cleared before. */
export function after(ms: number, run: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(run, ms);
}

/** Each call resolves when the next turn at this rate has come; calls queue up. */
export function pace(perSecond: number): () => Promise<void> {
  const gapMs = 1000 / perSecond;
  let nextMs = 0;
  return async () => {
    const nowMs = performance.now();
    nextMs = Math.max(nextMs + gapMs, nowMs);
    // A timer is coarse: a turn that is nearly there is taken at once.
    if (nextMs - nowMs > 1) await wait(nextMs - nowMs);
  };
}

export function connectTurn(): Promise<void> {
  return connectPace();
}

/** Polls until `done` says true; false when the time is over first. */
export async function until(
  done: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    if (await done()) return true;
    if (performance.now() >= endMs) return false;
    await wait(everyMs);
  }
}

/** The promise's value, or `undefined` when the time is over first. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Numbers in [0, 1) from a seed (mulberry32), so that a failing run can be run again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs `work` over all items, `atOnce` of them together. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}

/** What went wrong, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
