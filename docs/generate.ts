/** Writes what of the documentation is made from code: `bun run docs`. A test compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, withSettingsTable } from "./configuration-page.ts";
import { schemaPage } from "./schema-page.ts";

const ROOT = join(import.meta.dir, "..");

/** Every generated file, by its path from the root. */
export function generatedDocs(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/schema.md", schemaPage()],
    ["docs/configuration.md", configurationPage()],
    ["README.md", withSettingsTable(readFileSync(join(ROOT, "README.md"), "utf8"))],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of generatedDocs()) writeFileSync(join(ROOT, path), text);
}
