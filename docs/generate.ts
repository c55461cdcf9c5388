/** Writes what of the documentation is made from code: `bun run docs`. A test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, withSettingsTable } from "./configuration-page.ts";
import { schemaPage } from "./schema-page.ts";

const ROOT = join(import.meta.dir, "..");

/** Every generated file, by its path from the root. */
export function generatedDocs(): ReadonlyMap<string, string> {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  return new Map([
    ["docs/schema.md", formatted(schemaPage())],
    ["docs/configuration.md", formatted(configurationPage())],
    ["README.md", formatted(withSettingsTable(readme))],
  ]);
}

/** As the formatter wants it, which aligns tables. */
function formatted(page: string): string {
  const biome = join(ROOT, "node_modules", ".bin", "biome");
  const run = Bun.spawnSync([biome, "format", "--stdin-file-path=page.md"], {
    cwd: ROOT,
    stdin: Buffer.from(page),
  });
  if (run.exitCode !== 0) throw new Error(`biome failed: ${run.stderr.toString()}`);
  return run.stdout.toString();
}

if (import.meta.main) {
  for (const [path, text] of generatedDocs()) writeFileSync(join(ROOT, path), text);
}
