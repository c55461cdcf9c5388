/**
 * `bun run mutate [patch …]`: applies each planted fault of this folder to a copy of the project
 * and runs what may kill it: the test that its second line names, and the proof, short and with a
 * fixed seed. The test runs first, since it takes seconds; the proof runs where the test has let a
 * fault through, or with --both, which says of each whether it was found; --proof tries it alone.
 * What nothing finds survives, and then the promise is not tested. The product has no switch for
 * any of this.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { proofOutcome } from "./proof-outcome.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const COPIED = ["src", "test", "proto", "package.json", "tsconfig.json", "bunfig.toml"];
const TEST_MS = 180_000;
const PROOF = ["test/chaos/main.ts", "--seconds", "20", "--seed", "1", "--json"];
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

type Killer = "test" | "proof";
interface Outcome {
  word: "passes" | "fails" | "does not apply" | "ran no test" | "came to no end";
  /** What the proof found broken. */
  broken: string[];
}

async function tryOut(mutation: Mutation, mutated: boolean, killer: Killer): Promise<Outcome> {
  const folder = copyProject();
  try {
    if (mutated) {
      const applied = Bun.spawnSync(["git", "apply", mutation.path], { cwd: folder });
      if (applied.exitCode !== 0) return { word: "does not apply", broken: [] };
    }
    return await (killer === "test" ? runTest(folder, mutation) : runProof(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runTest(folder: string, mutation: Mutation): Promise<Outcome> {
  const child = spawn(folder, ["test", ...mutation.killer], TEST_MS);
  const [said, code] = await Promise.all([child.stderr.text(), child.exited, child.stdout.text()]);
  if (code === 0) return { word: "passes", broken: [] };
  const ran = /^Ran [1-9]\d* tests?/m.test(said) || code > 1;
  return { word: ran ? "fails" : "ran no test", broken: [] };
}

/** Fails by a broken promise alone; a proof that was cut short has proved nothing either way. */
async function runProof(folder: string): Promise<Outcome> {
  const child = spawn(folder, PROOF, PROOF_MS);
  const [said] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const broken = proofOutcome(said);
  if (broken === undefined) return { word: "came to no end", broken: [] };
  return { word: broken.length > 0 ? "fails" : "passes", broken };
}

function spawn(folder: string, program: readonly string[], timeout: number) {
  return Bun.spawn([process.execPath, ...program], {
    cwd: folder,
    // Short audits: a fault that the audit heals is the test's to find.
    env: { ...process.env, LINNET_AUDIT_SECONDS: "5" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout,
    killSignal: "SIGKILL",
  });
}

interface Judged {
  by: Killer[];
  /** Of each killer that let it through, how; and what the proof found. */
  notes: string[];
}

async function judge(mutation: Mutation, killers: readonly Killer[], all: boolean) {
  const judged: Judged = { by: [], notes: [] };
  for (const killer of killers) {
    const { word, broken } = await tryOut(mutation, true, killer);
    if (word === "fails") judged.by.push(killer);
    else judged.notes.push(`the ${killer} ${word}`);
    if (broken.length > 0) judged.notes.push(broken.join(", "));
    if (judged.by.length > 0 && !all) break;
  }
  return judged;
}

/** A killer that fails without the fault has killed nothing. */
async function soundness(chosen: readonly Mutation[], killers: readonly Killer[], all: boolean) {
  const broken: string[] = [];
  const seen = new Set<string>();
  for (const mutation of killers.includes("test") ? chosen : []) {
    const killer = mutation.killer.join(" ");
    if (seen.has(killer)) continue;
    seen.add(killer);
    const { word } = await tryOut(mutation, false, "test");
    if (word !== "passes") broken.push(`without a fault, the test ${word}: ${killer}`);
  }
  const [any] = chosen;
  if (all && killers.includes("proof") && any !== undefined) {
    const { word, broken: what } = await tryOut(any, false, "proof");
    if (word !== "passes") broken.push(`without a fault, the proof ${word}: ${what.join(", ")}`);
  }
  return broken;
}

async function main(given: readonly string[]): Promise<number> {
  const proofAlone = given.includes("--proof");
  const all = proofAlone || given.includes("--both");
  const killers: readonly Killer[] = proofAlone ? ["proof"] : ["test", "proof"];
  const wanted = given
    .filter((word) => !word.startsWith("--"))
    .map((word) => basename(word, ".patch"));
  const mutations = readMutations();
  const unknown = wanted.filter((name) => !mutations.some((one) => one.name === name));
  if (unknown.length > 0) {
    console.log(`There is no mutation ${unknown.join(", ")}.`);
    return 1;
  }
  const chosen = mutations.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const broken = await soundness(chosen, killers, all);
  for (const what of broken) console.log(`BROKEN    ${what}`);
  if (broken.length > 0) return 1;
  let survived = 0;
  for (const mutation of chosen) {
    const since = performance.now();
    const { by, notes } = await judge(mutation, killers, all);
    if (by.length === 0) survived += 1;
    const word = by.length > 0 ? `killed by ${by.join(" and ")}` : "SURVIVED";
    const seconds = ((performance.now() - since) / 1000).toFixed(0);
    const noted = notes.length > 0 ? ` (${notes.join("; ")})` : "";
    console.log(`${mutation.name.padEnd(24)} ${word}${noted} in ${seconds} s: ${mutation.what}`);
  }
  console.log(`${chosen.length - survived} killed, ${survived} not`);
  return survived === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
