/** Waiting between tries: exponential with full jitter, bounded. */

/** Milliseconds to wait before try number `attempt` (0 is the first repeat). */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  const ceiling = Math.min(firstMs * 2 ** Math.min(attempt, 30), maxMs);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
