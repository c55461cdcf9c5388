/** docs/fields.md has a row for each field of `control` and `options`, with a test that exists. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONTROL, OPTIONS, type Shape } from "../../../src/wire/shapes.ts";

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");
const PAGE = readFileSync(join(CHECKOUT, "docs", "fields.md"), "utf8");
/** A field whose parts have rows of their own. */
const APART = "security";

function rowsOf(heading: string): { field: string; test: string }[] {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` .*\| (\S+) +\|$/gm)].map(
    ([, field = "", file = ""]) => {
      return { field, test: file.replaceAll("`", "") };
    },
  );
}

function fieldsOf(shape: Shape): string[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const parts = name === APART && "shape" in field ? Object.keys(field.shape) : [];
    return parts.length === 0 ? [name] : parts.map((part) => `${name}.${part}`);
  });
}

test("each field has its row, and no other has one", () => {
  expect(
    rowsOf("control")
      .map(({ field }) => field)
      .toSorted(),
  ).toEqual(fieldsOf(CONTROL).toSorted());
  expect(
    rowsOf("options")
      .map(({ field }) => field)
      .toSorted(),
  ).toEqual(fieldsOf(OPTIONS).toSorted());
});

test("the tests that it names are there", () => {
  const tests = [...rowsOf("control"), ...rowsOf("options")].map((row) => row.test);
  expect(tests.length).toBeGreaterThan(10);
  for (const file of tests) expect(file === "—" || existsSync(join(CHECKOUT, file))).toBe(true);
});
