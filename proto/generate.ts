/**
 * Generates src/wire/generated/envelope.{js,d.ts} from the schema: `bun run generate [folder]`.
 * pbjs runs under Node, because its `--dts` crashes under Bun. The types come from a second run,
 * since pbjs derives them from comments that the code itself can do without.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const SMALL = [
  "--no-create",
  "--no-verify",
  "--no-convert",
  "--no-delimited",
  "--no-service",
  "--no-typeurl",
];

/** Writes both files into `folder`, which is made if need be. */
export function generate(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "linnet-generate-"));
  try {
    pbjs(join(scratch, "plain.js"), ["--no-comments"]);
    pbjs(join(scratch, "typed.js"), ["--dts"]);
    const code = readFileSync(join(scratch, "plain.js"), "utf8");
    const types = readFileSync(join(scratch, "typed.d.ts"), "utf8");
    writeFileSync(join(folder, "envelope.js"), code);
    writeFileSync(join(folder, "envelope.d.ts"), withoutComments(types));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function pbjs(out: string, extra: readonly string[]): void {
  const script = join(ROOT, "node_modules/protobufjs-cli/bin/pbjs");
  const schema = join(ROOT, "proto/linnet/v1/envelope.proto");
  const command = ["node", script, "-t", "static-module", "-w", "esm", "-r", "linnet"];
  const run = Bun.spawnSync([...command, ...SMALL, ...extra, "-o", out, schema], {
    cwd: ROOT,
    stderr: "pipe",
  });
  if (run.exitCode !== 0) throw new Error(`pbjs failed: ${run.stderr.toString()}`);
}

/** The comments repeat the names; without them and the blank lines a third of the size is left. */
function withoutComments(types: string): string {
  return types.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "").replace(/\n(\s*\n)+/g, "\n");
}

if (import.meta.main) generate(process.argv[2] ?? join(ROOT, "src/wire/generated"));
