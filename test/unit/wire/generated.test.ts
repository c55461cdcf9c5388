/** The generated code is what the schema gives today. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../../../proto/generate.ts";

const COMMITTED = join(import.meta.dir, "../../../src/wire/generated");

test("bun run generate would change nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "linnet-generated-"));
  try {
    generate(folder);
    for (const file of ["envelope.js", "envelope.d.ts"]) {
      const same = readFileSync(join(folder, file), "utf8");
      expect(same === readFileSync(join(COMMITTED, file), "utf8"), file).toBe(true);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
