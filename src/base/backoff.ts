/** Waiting between tries: exponential with full jitter, bounded. */

/** Milliseconds to wait before try number `attempt` (0 is the first repeat). */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(attempt, 30), maxMs);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Ends early where a signal says so. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const early = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal?.aborted === true) early();
    else signal?.addEventListener("abort", early, { once: true });
  });
}
