// The code keeps its habits; and a breach of each is seen.
import { expect, test } from "bun:test";
import { commentFindings, habitFindings, pathFindings } from "./habit-rules.ts";
import { allSources, source } from "./source.ts";

const files = allSources();

test("the environment, the clock and the exit are where they belong; no skipped tests", () => {
  expect(files.flatMap(habitFindings)).toEqual([]);
});

test("every file says what it is, and leaves nothing to be done later", () => {
  expect(files.flatMap(commentFindings)).toEqual([]);
});

test("imports name whole files, and nothing is handed on", () => {
  expect(files.flatMap(pathFindings)).toEqual([]);
});

test.each([
  ["src/base/a.ts", "export default function a() {}"],
  ["src/base/a.ts", "export const enum A { b }"],
  ["src/base/a.ts", "const a = b as any;"],
  ["src/store/a.ts", 'const a = process.env["A"];'],
  ["src/store/a.ts", "const { env } = process;"],
  ["src/store/a.ts", "const a = Date.now();"],
  ["src/app/a.ts", "const a = performance.now() - b;"],
  ["src/store/a.ts", "process.exit(1);"],
  ["src/app/up/run.ts", "process.exit(1);"],
  ["test/unit/a.test.ts", 'test.only("a", () => {});'],
  ["test/unit/a.test.ts", "await Bun.sleep(10);"],
  ["test/unit/a.test.ts", "await new Promise((done) => setTimeout(done, 10));"],
])("in %s this is found: %s", (path, text) => {
  expect(habitFindings(source(path, text))).toHaveLength(1);
});

test.each([
  ["src/app/config.ts", "const a = process.env;"],
  ["src/base/clock.ts", "const a = Date.now();"],
  ["src/main.ts", "process.exit(0);"],
  ["src/app/up/main.ts", "process.exit(0);"],
  ["src/store/a.ts", '// Date.now() would be wrong here.\nconst a = "process.env";'],
  ["test/support/a.ts", "await Bun.sleep(10);"],
  ["test/simulate/a.ts", "setTimeout(run, 10);"],
])("in %s this is allowed: %s", (path, text) => {
  expect(habitFindings(source(path, text))).toEqual([]);
});

// Put together here, so that this file has none of them in a comment of its own.
const later = ["TO", "DO"].join("");

test.each([["const a = 1;"], [`// Says it.\n// ${later}: more`], ["// Says it.\n// @ts-ignore"]])(
  "this is found: %s",
  (text) => {
    expect(commentFindings(source("src/base/a.ts", text))).toHaveLength(1);
  },
);

test.each([
  ['import { a } from "./a";'],
  ['import type { a } from "./a.js";'],
  ['export { a } from "./a.ts";'],
  ['export * from "./a.ts";'],
])("this is found: %s", (text) => {
  expect(pathFindings(source("src/base/b.ts", text))).toHaveLength(1);
});
