// Files, functions and lines keep to their sizes, and files are named for the thing.
import { expect, test } from "bun:test";
import { distributionFindings, nameFindings, sizeFindings } from "./size-rules.ts";
import { allSources, source } from "./source.ts";

const files = allSources();

test("files, functions and lines keep to their sizes", () => {
  expect(files.flatMap(sizeFindings)).toEqual([]);
});

test("nine files in ten have under 300 lines", () => {
  expect(distributionFindings(files)).toEqual([]);
});

test("files are named for the thing, in kebab-case", () => {
  expect(files.flatMap(nameFindings)).toEqual([]);
});

const body = (lines: number) => "  x += 1;\n".repeat(lines);

test.each([
  ["a long file", "x;\n".repeat(401)],
  ["a long line", `const x = ${"1 + ".repeat(30)}1;\n`],
  ["a long function", `export function a(): void {\n${body(68)}}\n`],
  ["a long async method", `class A {\n  async a(b: number): Promise<void> {\n${body(70)}  }\n}\n`],
  ["a long closure", `const a = (b) => {\n${body(68)}};\n`],
  ["a long signature's function", `function a(\n  b: { c: number },\n): D {\n${body(70)}}\n`],
])("%s is found", (_, text) => {
  expect(sizeFindings(source("src/base/ring.ts", text))).toHaveLength(1);
});

test("a function of 69 lines in a file of 400 is not found", () => {
  const text = `export function a(): void {\n${body(67)}}\n${"x;\n".repeat(331)}`;
  expect(sizeFindings(source("src/base/ring.ts", text))).toEqual([]);
});

test.each(["src/base/utils.ts", "src/base/time-helper.ts", "src/base/Ring.ts", "src/a/index.ts"])(
  "the name %s is found",
  (path) => {
    expect(nameFindings(source(path, ""))).toHaveLength(1);
  },
);

test("two large files among ten are found, one is not", () => {
  const make = (large: number) =>
    Array.from({ length: 10 }, (_, n) =>
      source(`src/base/a${n}.ts`, "x;\n".repeat(n < large ? 300 : 100)),
    );
  expect(distributionFindings(make(2))).toHaveLength(1);
  expect(distributionFindings(make(1))).toEqual([]);
});
