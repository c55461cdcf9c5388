// The tests of the simulation, in a process of their own: in it the store model stands in for the
// package `postgres`, which other files of the same `bun test` need as it is.
import { expect, test } from "bun:test";
import { resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
/** For a machine that others use too. */
const PATIENT = 900_000;

test(
  "schedules pass, a seed replays exactly, and planted bugs are found",
  async () => {
    const child = Bun.spawn([process.execPath, "test", "./test/simulate/simulation-tests.ts"], {
      cwd: CHECKOUT,
      stdout: "pipe",
      stderr: "pipe",
    });
    const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()];
    const [out, err] = await Promise.all(texts);
    const failed = (await child.exited) === 0 ? "" : `${out}${err}`;
    expect(failed).toBe("");
  },
  PATIENT,
);
