/** Structured log lines on standard output, one JSON object a line. */
import pino from "pino";

export type Log = pino.Logger;

/** Never log tokens, keys or message contents: they are not among the fields that callers pass. */
export function createLog(level: string, part: string): Log {
  return pino({ level, base: { part } }, pino.destination({ dest: 1, sync: true }));
}
