/** Time and chance as the client sees them, so that a simulator can drive both. */

export interface ClientClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after `ms`; answers what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Evenly spread over [0, 1). */
export type Random = () => number;

export const systemClock: ClientClock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export function systemRandom(): number {
  const words = crypto.getRandomValues(new Uint32Array(2));
  const high = (words[0] as number) >>> 5;
  const low = (words[1] as number) >>> 6;
  return (high * 0x400_0000 + low) / 2 ** 53;
}

/** 21 letters and digits: about 104 bits, so that two clients never choose the same id. */
export function randomId(random: Random): string {
  let id = "";
  while (id.length < 21)
    id += Math.floor(random() * 36 ** 7)
      .toString(36)
      .padStart(7, "0");
  return id;
}
