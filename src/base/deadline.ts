/** A bound on how long something is waited for: a part that was cut off may never say so. */

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Rejects with DeadlineError after `ms`; what was awaited goes on, and its end is ignored. */
export function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineError(`no answer within ${ms} ms`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
