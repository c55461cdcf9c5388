// The import rule holds; and it is seen where it doesn't.
import { expect, test } from "bun:test";
import { importFindings } from "./import-rule.ts";
import { allSources, importsOf, source } from "./source.ts";

test("every import obeys the rule of the house", () => {
  expect(allSources().flatMap(importFindings)).toEqual([]);
});

const broken = [
  ["src/base/ring.ts", 'import { code } from "../wire/errors.ts";'],
  ["src/wire/frame.ts", 'import type { Log } from "../base/log.ts";'],
  ["src/wire/frame.ts", 'import { join } from "node:path";'],
  ["src/wire/frame.ts", "const size = Bun.file(name).size;"],
  ["src/store/batch.ts", 'import type { Grant } from "../filter/grants.ts";'],
  ["src/store/batch.ts", 'import {\n  type Grant,\n  b,\n} from "../filter/grants.ts";'],
  ["src/inbox/pts.ts", 'export { a } from "../store/batch.ts";'],
  ["src/redis/client.ts", 'import { a } from "../postgres/client.ts";'],
  ["src/path/ingest.ts", 'import { a } from "../gateway/session.ts";'],
  ["src/gateway/inbound.ts", 'const a = await import("../http/login.ts");'],
  ["src/sdk/client.ts", 'import { a } from "../base/backoff.ts";'],
  ["src/newcomer/a.ts", 'import { a } from "../base/backoff.ts";'],
  ["src/app/config.ts", 'import { a } from "../../test/support/services.ts";'],
] as const;

test.each(broken)("in %s this is found: %s", (path, text) => {
  expect(importFindings(source(path, text))).toHaveLength(1);
});

test("what the rule allows is not found", () => {
  const path = source(
    "src/path/settle.ts",
    'import { a } from "../store/batch.ts";\nimport type { B } from "../inbox/pts.ts";\n' +
      '// import { c } from "../gateway/session.ts";\nimport postgres from "postgres";',
  );
  expect(importsOf(path).map((found) => found.specifier)).toHaveLength(3);
  expect(importFindings(path)).toEqual([]);
});
