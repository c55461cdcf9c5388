/** Columns of rows as arrays in text: 2.4 µs a row less in the client than typed arrays. */
import { Buffer } from "node:buffer";

export function column<Row>(rows: readonly Row[], value: (row: Row) => string | number): string {
  return `{${rows.map(value).join(",")}}`;
}

/** The same for a column that is mostly NULL: unnest pads what is shorter. */
export function sparse<Row>(rows: readonly Row[], value: (row: Row) => string | number): string {
  return rows.some((row) => value(row) !== "NULL") ? column(rows, value) : "{}";
}

/**
 * Byte strings as one value, to be cut apart in the statement: an array of them would be read
 * character by character.
 */
export function together<Row>(rows: readonly Row[], bytes: (row: Row) => Buffer) {
  let at = 1;
  return {
    bytes: Buffer.concat(rows.map(bytes)),
    /** Where each begins, counted from 1. */
    starts: column(rows, (row) => {
      const start = at;
      at += bytes(row).length;
      return start;
    }),
    lengths: column(rows, (row) => bytes(row).length),
  };
}

export function orNull(number: number): number | string {
  return number >= 0 ? number : "NULL";
}

export function hex(bytes: Buffer): string {
  return `"\\\\x${bytes.toString("hex")}"`;
}

const SPECIAL = /["\\]/;
const SPECIAL_ALL = /["\\]/g;

/** An element of an array as text; never NULL, and braces and commas are plain in quotes. */
export function quoted(text: string): string {
  return SPECIAL.test(text) ? `"${text.replace(SPECIAL_ALL, "\\$&")}"` : `"${text}"`;
}
