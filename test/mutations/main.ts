/**
 * `bun run mutate [patch]`: applies each planted fault of this folder to a copy of the project and
 * runs the test that its second line names. A test that fails has killed it; one that passes lets
 * it survive, and then the promise is not tested. The product has no switch for any of this.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const COPIED = ["src", "test", "proto", "package.json", "tsconfig.json", "bunfig.toml"];
const TEST_MS = 180_000;

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

async function tryOut(mutation: Mutation, mutated: boolean): Promise<Outcome> {
  const folder = copyProject();
  try {
    if (mutated) {
      const applied = Bun.spawnSync(["git", "apply", mutation.path], { cwd: folder });
      if (applied.exitCode !== 0) return "does not apply";
    }
    const child = Bun.spawn([process.execPath, "test", ...mutation.killer], {
      cwd: folder,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      timeout: TEST_MS,
      killSignal: "SIGKILL",
    });
    const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
    if (code === 0) return "passes";
    return /^Ran [1-9]\d* tests?/m.test(said) || code > 1 ? "fails" : "ran no test";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(wanted: string | undefined): Promise<number> {
  const name = wanted === undefined ? undefined : basename(wanted, ".patch");
  const chosen = readMutations().filter((one) => name === undefined || one.name === name);
  if (chosen.length === 0) {
    console.log(`There is no mutation ${name}.`);
    return 1;
  }
  let survived = 0;
  const sound = new Set<string>();
  for (const mutation of chosen) {
    const killer = mutation.killer.join(" ");
    // A test that fails without the fault has killed nothing.
    if (!sound.has(killer)) {
      const outcome = await tryOut(mutation, false);
      if (outcome !== "passes") {
        console.log(`BROKEN    ${mutation.name}: without it, the test ${outcome}: ${killer}`);
        survived += 1;
        continue;
      }
      sound.add(killer);
    }
    const outcome = await tryOut(mutation, true);
    const word = outcome === "fails" ? "killed   " : "SURVIVED ";
    const why = outcome === "fails" || outcome === "passes" ? "" : ` (${outcome})`;
    console.log(`${word} ${mutation.name}${why}: ${mutation.what}`);
    if (outcome !== "fails") survived += 1;
  }
  console.log(`${chosen.length - survived} killed, ${survived} not`);
  return survived === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv[2]));
