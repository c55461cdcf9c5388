/**
 * Columns of rows as array parameters in Postgres' binary form, which neither side writes or reads
 * digit by digit: 2 to 3 µs a message less than as text, in the server and Postgres together.
 */
import { Buffer } from "node:buffer";
import type { Snowflake } from "../base/snowflake.ts";
import type { Sql } from "./client.ts";

/** Type ids of Postgres (pg_type.dat): of an element, and of an array of it. */
const INT2 = { element: 21, array: 1005 };
const INT4 = { element: 23, array: 1007 };
const INT8 = { element: 20, array: 1016 };
const BOOL = { element: 16, array: 1000 };
const TEXT = { element: 25, array: 1009 };
const BYTEA = { element: 17, array: 1001 };

const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const TWO_32 = 0x100000000;

type Type = typeof INT8;

/** Of what a function says of each row; undefined is NULL. A column of nothing else is empty. */
export class Columns<Row> {
  readonly #sql: Pick<Sql, "typed">;
  readonly #rows: readonly Row[];

  constructor(sql: Pick<Sql, "typed">, rows: readonly Row[]) {
    this.#sql = sql;
    this.#rows = rows;
  }

  /** Whole numbers that are exact. */
  int8(value: (row: Row) => number | undefined) {
    return this.#fixed(INT8, 8, value, writeNumber);
  }

  ids(value: (row: Row) => Snowflake | undefined) {
    return this.#fixed(INT8, 8, value, writeSnowflake);
  }

  int4(value: (row: Row) => number | undefined) {
    return this.#fixed(INT4, 4, value, (into, number, at) => into.writeInt32BE(number, at));
  }

  int2(value: (row: Row) => number | undefined) {
    return this.#fixed(INT2, 2, value, (into, number, at) => into.writeInt16BE(number, at));
  }

  bool(value: (row: Row) => boolean | undefined) {
    return this.#fixed(BOOL, 1, value, (into, truth, at) => into.writeUInt8(truth ? 1 : 0, at));
  }

  text(value: (row: Row) => string | undefined) {
    return this.#varying(TEXT, value, textBytesMax, writeText);
  }

  bytea(value: (row: Row) => Uint8Array | undefined) {
    return this.#varying(BYTEA, value, (bytes) => bytes.length, writeBytes);
  }

  #fixed<Value>(
    type: Type,
    bytes: number,
    value: (row: Row) => Value | undefined,
    write: (into: Buffer, value: Value, at: number) => void,
  ) {
    const rows = this.#rows;
    const into = Buffer.allocUnsafe(HEAD_BYTES + rows.length * (LENGTH_BYTES + bytes));
    let at = HEAD_BYTES;
    let present = false;
    for (let i = 0; i < rows.length; i++) {
      const one = value(rows[i] as Row);
      into.writeInt32BE(one === undefined ? NULL_LENGTH : bytes, at);
      at += LENGTH_BYTES;
      if (one === undefined) continue;
      write(into, one, at);
      at += bytes;
      present = true;
    }
    return this.#parameter(type, into, present ? at : 0);
  }

  #varying<Value>(
    type: Type,
    value: (row: Row) => Value | undefined,
    bytesMax: (value: Value) => number,
    write: (into: Buffer, value: Value, at: number) => number,
  ) {
    const rows = this.#rows;
    let bytes = HEAD_BYTES;
    for (let i = 0; i < rows.length; i++) {
      const one = value(rows[i] as Row);
      bytes += LENGTH_BYTES + (one === undefined ? 0 : bytesMax(one));
    }
    const into = Buffer.allocUnsafe(bytes);
    let at = HEAD_BYTES;
    let present = false;
    for (let i = 0; i < rows.length; i++) {
      const one = value(rows[i] as Row);
      const written = one === undefined ? NULL_LENGTH : write(into, one, at + LENGTH_BYTES);
      into.writeInt32BE(written, at);
      at += LENGTH_BYTES + Math.max(written, 0);
      present ||= one !== undefined;
    }
    return this.#parameter(type, into, present ? at : 0);
  }

  /** `end`: 0 for an array without elements. */
  #parameter({ element, array }: Type, into: Buffer, end: number) {
    const dimensions = end === 0 ? 0 : 1;
    into.writeInt32BE(dimensions, 0);
    // Whether there are NULLs Postgres finds out by itself.
    into.writeInt32BE(0, 4);
    into.writeInt32BE(element, 8);
    if (dimensions === 0) return this.#sql.typed(into.subarray(0, 12), array);
    into.writeInt32BE(this.#rows.length, 12);
    // The index of the first element.
    into.writeInt32BE(1, 16);
    return this.#sql.typed(into.subarray(0, end), array);
  }
}

function writeNumber(into: Buffer, number: number, at: number): void {
  const high = Math.floor(number / TWO_32);
  into.writeInt32BE(high, at);
  into.writeUInt32BE(number - high * TWO_32, at + 4);
}

function writeSnowflake(into: Buffer, { high, low }: Snowflake, at: number): void {
  into.writeUInt32BE(high, at);
  into.writeUInt32BE(low, at + 4);
}

/** UTF-8 takes 3 bytes a UTF-16 unit at most. */
function textBytesMax(text: string): number {
  return 3 * text.length;
}

function writeText(into: Buffer, text: string, at: number): number {
  return into.write(text, at, "utf8");
}

function writeBytes(into: Buffer, bytes: Uint8Array, at: number): number {
  return Buffer.prototype.copy.call(bytes, into, at);
}
