// What SQL in the code does not do.
import { type Finding, type Source, at } from "./source.ts";

/**
 * `SELECT id::text … ORDER BY id` sorts by the answer's column, which is text: 10 comes before 9,
 * and no index is used. `ORDER BY messages.id` is meant.
 */
const SORTED_AS_TEXT =
  /\bSELECT\b[^`;]*?[\s(](?:\w+\.)?(\w+)::text(?: AS \1)?\s*,[^`;]*?\bORDER BY \1\b/g;

export function sqlFindings(file: Source): Finding[] {
  return [...file.text.matchAll(SORTED_AS_TEXT)].map((match) =>
    at(file, match.index, "is sorted as text"),
  );
}
