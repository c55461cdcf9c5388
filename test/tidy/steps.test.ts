// The way of a message can be followed from file to file, and its hot files stay cheap.
import { expect, test } from "bun:test";
import { allSources, source } from "./source.ts";
import { headerOf, hotFindings, missingSteps, stepFindings } from "./step-rules.ts";

const files = allSources();

test("each of the nine steps is some file's", () => {
  expect(missingSteps(files)).toEqual([]);
});

test("a step's file says which file comes next", () => {
  expect(files.flatMap(stepFindings)).toEqual([]);
});

test("hot files make nothing that a message would pay for", () => {
  expect(files.flatMap(hotFindings)).toEqual([]);
});

test("some files are hot", () => {
  expect(files.filter((file) => headerOf(file).includes("@hot")).length).toBeGreaterThan(3);
});

test("a missing step is found, a range of steps counts as all of them", () => {
  const known = [
    source("src/gateway/a.ts", "// Steps 1 to 4: a. Next: path/b.ts."),
    source("src/path/b.ts", "/**\n * Steps 5 to 8: b. Next: gateway/c.ts.\n */"),
  ];
  expect(missingSteps(known)).toEqual(["no file below src says that it is step 9"]);
});

test("a step without its next file is found", () => {
  expect(stepFindings(source("src/store/a.ts", "// Step 6: rows."))).toHaveLength(1);
  expect(stepFindings(source("src/store/a.ts", "// Step 6: rows. Next: inbox/a.ts."))).toEqual([]);
});

test.each([
  "async function a() {}",
  "const a = b.map(c);",
  "run(() => 1);",
  "run((a) => {\n  b();\n});",
  "const a: B = (c) => c + 1;",
  "call(...words);",
  "const a = new Map();",
  "const a = JSON.parse(b);",
])("in a hot file this is found: %s", (text) => {
  expect(hotFindings(source("src/filter/a.ts", `/** A table. @hot */\n${text}`))).toHaveLength(1);
  expect(hotFindings(source("src/filter/a.ts", `/** A table. */\n${text}`))).toEqual([]);
});

test.each([
  "interface A {\n  readonly grow: (size: number) => void;\n}",
  "export function a(grow: (size: number) => Uint8Array): void {}",
  "const table = new Int32Array(8);",
  "class A {\n  readonly #b = (): void => {\n    c();\n  };\n}",
])("in a hot file this is allowed: %s", (text) => {
  expect(hotFindings(source("src/filter/a.ts", `/** A table. @hot */\n${text}`))).toEqual([]);
});
