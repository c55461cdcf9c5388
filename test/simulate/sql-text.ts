/** Arrays as Postgres writes them in text, and statements reduced to what tells them apart. */

/** The elements of `{a,b,"c,d",NULL}`; a NULL is undefined. */
export function parseArray(text: string): (string | undefined)[] {
  const values: (string | undefined)[] = [];
  const end = text.length - 1;
  let at = 1;
  while (at < end) {
    if (text[at] === '"') {
      let value = "";
      at += 1;
      while (text[at] !== '"') {
        if (text[at] === "\\") at += 1;
        value += text[at];
        at += 1;
      }
      values.push(value);
      at += 2;
      continue;
    }
    let stop = text.indexOf(",", at);
    if (stop < 0) stop = end;
    const value = text.slice(at, stop);
    values.push(value === "NULL" ? undefined : value);
    at = stop + 1;
  }
  return values;
}

export function parseNumbers(text: unknown): number[] {
  return parseArray(String(text)).map(Number);
}

const BYTEA = 17;
const BOOL = 16;
const TEXT = 25;

/** The elements of an array that came in binary: bytes, or as text; a NULL is undefined. */
export type Column = readonly (string | Buffer | undefined)[];

export function parseBinaryArray(bytes: Buffer): Column {
  const values: (string | Buffer | undefined)[] = [];
  const type = bytes.readInt32BE(8);
  const count = bytes.readInt32BE(0) === 0 ? 0 : bytes.readInt32BE(12);
  for (let at = 20; values.length < count; ) {
    const length = bytes.readInt32BE(at);
    at += 4;
    const element = length < 0 ? undefined : bytes.subarray(at, at + length);
    values.push(element === undefined ? undefined : elementOf(element, type));
    at += Math.max(length, 0);
  }
  return values;
}

function elementOf(bytes: Buffer, type: number): string | Buffer {
  if (type === BYTEA) return Buffer.from(bytes);
  if (type === TEXT) return bytes.toString();
  if (type === BOOL) return bytes[0] === 1 ? "t" : "f";
  return bytes.length === 8
    ? String(bytes.readBigInt64BE())
    : String(bytes.readIntBE(0, bytes.length));
}

const seen = new WeakMap<TemplateStringsArray, string>();

/** The statement with `?` for its parameters and one space for all white space. */
export function statementText(strings: TemplateStringsArray): string {
  const known = seen.get(strings);
  if (known !== undefined) return known;
  const text = strings.join("?").replace(/\s+/g, " ").trim();
  seen.set(strings, text);
  return text;
}

/** Decimal texts by value. */
export function isLaterId(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
