/**
 * How values of Postgres are read: in text the first time, while the driver does not know a
 * statement's columns, then in binary (src/postgres/driver.patch): a third less
 * for a page of a log.
 */
import { Buffer } from "node:buffer";

const TWO_32 = 0x100000000;

type Read<Value> = (bytes: Buffer, start: number, end: number) => Value;

/** The driver's own way, `parse`, with `binary` beside it. */
function readAs<Value>(parse: (text: string) => Value, binary: Read<Value>) {
  return Object.assign(parse, { binary });
}

/** A number where it is exact, else its decimal text (Snowflakes are always text by a cast). */
function int8(bytes: Buffer, start: number): number | string {
  const number = bytes.readInt32BE(start) * TWO_32 + bytes.readUInt32BE(start + 4);
  return Number.isSafeInteger(number) ? number : String(bytes.readBigInt64BE(start));
}

function int8OfText(decimal: string): number | string {
  const number = Number(decimal);
  return Number.isSafeInteger(number) ? number : decimal;
}

function int2Or4(bytes: Buffer, start: number, end: number): number {
  return end - start === 2 ? bytes.readInt16BE(start) : bytes.readInt32BE(start);
}

function copy(bytes: Buffer, start: number, end: number): Buffer {
  const own = Buffer.allocUnsafe(end - start);
  bytes.copy(own, 0, start, end);
  return own;
}

export const TYPES = {
  bigint: { to: 20, from: [20], serialize: String, parse: readAs(int8OfText, int8) },
  integer: {
    to: 23,
    from: [23, 21],
    serialize: String,
    parse: readAs((digits) => Number(digits), int2Or4),
  },
  bool: {
    to: 16,
    from: [16],
    serialize: (value: unknown) => (value === true ? "t" : "f"),
    parse: readAs(
      (letter) => letter === "t",
      (bytes, start) => bytes[start] === 1,
    ),
  },
  bytea: {
    to: 17,
    from: [17],
    serialize: (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString("hex")}`,
    parse: readAs((hex: string) => Buffer.from(hex.slice(2), "hex"), copy),
  },
};
