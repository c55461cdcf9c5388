/** The one place that reads the clock, so that a simulator can drive it. */

export interface Clock {
  /** Milliseconds since 1970; may jump. For what people and other machines see. */
  wallMs(): number;
  /** Milliseconds since some moment; never goes back. For durations and leases. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
