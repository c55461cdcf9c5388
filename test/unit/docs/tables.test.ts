/** The tables that people write in docs/ name what the code has, all of it and nothing else. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as keys from "../../../src/redis/keys.ts";
import { CLOSE, CODE } from "../../../src/wire/errors.ts";
import { CMD } from "../../../src/wire/commands.ts";

const DOCS = join(import.meta.dir, "../../../docs");

/** The first cells of the rows under a heading. */
function firstCells(page: string, heading: string): string[] {
  const part = readFileSync(join(DOCS, page), "utf8").split(`${heading}\n`)[1] ?? "";
  const rows = part.split(/^## /m)[0] ?? "";
  return [...rows.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = ""]) => cell.trim());
}

function numbers(cells: readonly string[]): number[] {
  return cells.filter((cell) => /^\d+$/.test(cell)).map(Number);
}

test("every code has its row", () => {
  // 405 is HTTP's own.
  expect(numbers(firstCells("protocol.md", "## Codes"))).toEqual(
    [...Object.values(CODE), 405].sort((a, b) => a - b),
  );
});

test("every command has its row", () => {
  const cells = numbers(firstCells("protocol.md", "## Commands"));
  expect(cells).toEqual(Object.values(CMD).sort((a, b) => a - b));
});

test("every close code has its row", () => {
  const cells = numbers(firstCells("protocol.md", "## Login and connection"));
  // 1009 is the socket's own.
  expect(cells).toEqual([...Object.values(CLOSE), 1009]);
});

test("every key in Redis has its row", () => {
  const made = Object.values(keys).flatMap((value) => {
    if (typeof value === "string") return [value];
    if (typeof value === "function") return [String((value as (of: unknown) => unknown)("@"))];
    return [];
  });
  const names = made.filter((name) => name.startsWith("{linnet")).map((name) => `\`${name}\``);
  const cells = firstCells("redis.md", "# Keys in Redis").map((cell) =>
    cell.replace(/<[^>]*>/, "@"),
  );
  expect(cells.filter((cell) => cell.startsWith("`")).sort()).toEqual(names.sort());
});
