// SQL in the code; and a breach of its rules is seen.
import { expect, test } from "bun:test";
import { sqlFindings } from "./sql-rules.ts";
import { allSources, source } from "./source.ts";

test("nothing is sorted by the text that was made of a number", () => {
  expect(
    allSources()
      .filter(({ path }) => path.startsWith("src/"))
      .flatMap(sqlFindings),
  ).toEqual([]);
});

test.each([
  ["sql`SELECT id::text, name FROM a WHERE id > 1 ORDER BY id LIMIT 9`", 1],
  ["sql`SELECT a.id::text AS id, name FROM a ORDER BY id`", 1],
  ["sql`SELECT id::text, name FROM a WHERE id > 1 ORDER BY a.id LIMIT 9`", 0],
  ["sql`SELECT id, name::text, x FROM a ORDER BY id`", 0],
])("in %s there are %i such", (text, count) => {
  expect(sqlFindings(source("src/store/a.ts", text))).toHaveLength(count);
});
