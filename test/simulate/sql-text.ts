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

/** bytea as text, `\x…`. */
export function parseBytes(text: string | undefined): Buffer | null {
  return text === undefined ? null : Buffer.from(text.slice(2), "hex");
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
