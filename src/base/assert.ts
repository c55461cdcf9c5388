/** Asserts say what the programmer believes; an operating error is a value with a code instead. */

export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new AssertionError(what);
}

export class AssertionError extends Error {
  override readonly name = "AssertionError";
}
