/**
 * `bun run mutate [patch]`: applies each planted fault of this folder to a copy of the project and
 * runs what may kill it: the test that its second line names, and the proof, short and with a fixed
 * seed. The test runs first, since it takes seconds; the proof runs where the test has let a fault
 * through, or with --both, which says of each whether it was found. What nothing finds survives,
 * and then the promise is not tested. The product has no switch for any of this.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const COPIED = ["src", "test", "proto", "package.json", "tsconfig.json", "bunfig.toml"];
const TEST_MS = 180_000;
const PROOF = ["test/chaos/main.ts", "--seconds", "20", "--seed", "1"];
const PROOF_MS = 240_000;

export interface Mutation {
  name: string;
  path: string;
  /** What it breaks, in a sentence. */
  what: string;
  /** Arguments of `bun test`. */
  killer: string[];
}

export function readMutations(): Mutation[] {
  return readdirSync(import.meta.dir)
    .filter((name) => name.endsWith(".patch"))
    .sort()
    .map((name) => readMutation(join(import.meta.dir, name)));
}

function readMutation(path: string): Mutation {
  const [what = "", killedBy = ""] = readFileSync(path, "utf8").split("\n");
  const named = /^Killed by: (\S+) -t "(.+)"$/.exec(killedBy);
  if (named === null)
    throw new Error(`${path}: the second line must be: Killed by: FILE -t "NAME"`);
  const [, file = "", test = ""] = named;
  return { name: basename(path, ".patch"), path, what, killer: [`./${file}`, "-t", test] };
}

/** Whether the patch fits the source as it is; what git says when it doesn't. */
export function checkPatch(mutation: Mutation): string {
  const checked = Bun.spawnSync(["git", "apply", "--check", mutation.path], { cwd: CHECKOUT });
  return checked.exitCode === 0 ? "" : checked.stderr.toString();
}

function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "linnet-mutant-"));
  for (const name of COPIED) {
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  }
  for (const name of ["node_modules", ".linnet"]) {
    symlinkSync(join(CHECKOUT, name), join(folder, name));
  }
  return folder;
}

type Outcome = "passes" | "fails" | "does not apply" | "ran no test";
type Killer = "test" | "proof";

async function tryOut(mutation: Mutation, mutated: boolean, killer: Killer): Promise<Outcome> {
  const folder = copyProject();
  try {
    if (mutated) {
      const applied = Bun.spawnSync(["git", "apply", mutation.path], { cwd: folder });
      if (applied.exitCode !== 0) return "does not apply";
    }
    const isTest = killer === "test";
    const child = Bun.spawn(
      [process.execPath, ...(isTest ? ["test", ...mutation.killer] : PROOF)],
      {
        cwd: folder,
        // Short audits: a fault that the audit heals is the test's to find.
        env: { ...process.env, LINNET_AUDIT_SECONDS: "5" },
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        timeout: isTest ? TEST_MS : PROOF_MS,
        killSignal: "SIGKILL",
      },
    );
    const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
    if (code === 0) return "passes";
    // A proof that was cut short has proved nothing either.
    if (!isTest) return "fails";
    return /^Ran [1-9]\d* tests?/m.test(said) || code > 1 ? "fails" : "ran no test";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Which killers found it, and why none could. */
async function judge(mutation: Mutation, both: boolean): Promise<{ by: Killer[]; why: string }> {
  const by: Killer[] = [];
  let why = "";
  for (const killer of KILLERS) {
    const outcome = await tryOut(mutation, true, killer);
    if (outcome === "fails") by.push(killer);
    else if (outcome !== "passes") why = outcome;
    if (by.length > 0 && !both) break;
  }
  return { by, why };
}

/** A test that fails without the fault has killed nothing. */
async function soundness(chosen: readonly Mutation[], both: boolean): Promise<string[]> {
  const broken: string[] = [];
  const seen = new Set<string>();
  for (const mutation of chosen) {
    const killer = mutation.killer.join(" ");
    if (seen.has(killer)) continue;
    seen.add(killer);
    const outcome = await tryOut(mutation, false, "test");
    if (outcome !== "passes") broken.push(`without a fault, the test ${outcome}: ${killer}`);
  }
  const [any] = chosen;
  if (both && any !== undefined && (await tryOut(any, false, "proof")) !== "passes") {
    broken.push("without a fault, the proof fails");
  }
  return broken;
}

const KILLERS: readonly Killer[] = ["test", "proof"];

async function main(given: readonly string[]): Promise<number> {
  const both = given.includes("--both");
  const wanted = given.find((word) => !word.startsWith("--"));
  const name = wanted === undefined ? undefined : basename(wanted, ".patch");
  const chosen = readMutations().filter((one) => name === undefined || one.name === name);
  if (chosen.length === 0) {
    console.log(`There is no mutation ${name}.`);
    return 1;
  }
  const broken = await soundness(chosen, both);
  for (const what of broken) console.log(`BROKEN    ${what}`);
  if (broken.length > 0) return 1;
  let survived = 0;
  for (const mutation of chosen) {
    const since = performance.now();
    const { by, why } = await judge(mutation, both);
    if (by.length === 0) survived += 1;
    const word = by.length > 0 ? `killed by ${by.join(" and ")}` : `SURVIVED ${why}`;
    const seconds = ((performance.now() - since) / 1000).toFixed(0);
    console.log(`${mutation.name.padEnd(24)} ${word} in ${seconds} s: ${mutation.what}`);
  }
  console.log(`${chosen.length - survived} killed, ${survived} not`);
  return survived === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
