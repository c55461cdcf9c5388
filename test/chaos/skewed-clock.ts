/**
 * Loaded before a server of the proof: its wall clock can be made to jump. On SIGUSR2 it reads by
 * how many milliseconds from the file that PROVE_CLOCK_FILE names. The monotonic clock stays.
 */
import { readFileSync } from "node:fs";

let offsetMs = 0;
const trueNow = Date.now;

function skewedNow(): number {
  return trueNow() + offsetMs;
}

function readOffset(): void {
  offsetMs = Number(readFileSync(process.env["PROVE_CLOCK_FILE"] ?? "", "utf8"));
}

if (process.env["PROVE_CLOCK_FILE"] !== undefined) {
  Date.now = skewedNow;
  process.on("SIGUSR2", readOffset);
}
