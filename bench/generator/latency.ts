// Latencies in an HDR histogram of microseconds, three digits, up to a minute.
import { build, type Histogram } from "hdr-histogram-js";

export interface LatencyMs {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Points of the distribution for the chart: share below, ms. */
  readonly curve: readonly (readonly [share: number, ms: number])[];
}

const MICROS_MOST = 60_000_000;
const CURVE_SHARES = [
  0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999,
];

export class Latency {
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MICROS_MOST,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
    useWebAssembly: false,
  });

  record(ms: number): void {
    const micros = ms * 1000;
    const bounded = micros < 1 ? 1 : micros > MICROS_MOST ? MICROS_MOST : micros;
    this.#histogram.recordValue(Math.round(bounded));
  }

  summary(): LatencyMs {
    const histogram = this.#histogram;
    const count = histogram.totalCount;
    const at = (share: number) =>
      count === 0 ? 0 : histogram.getValueAtPercentile(share * 100) / 1000;
    return {
      count,
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      p999: at(0.999),
      max: count === 0 ? 0 : histogram.maxValue / 1000,
      curve: count === 0 ? [] : CURVE_SHARES.map((share) => [share, at(share)] as const),
    };
  }
}
