/** Bounds the nesting of JSON text before it is parsed. */

/** Whether arrays and objects nest deeper than `depthMax`. */
export function nestsDeeper(text: string, depthMax: number): boolean {
  return openings(text, depthMax) > depthMax && depthOf(text, depthMax) > depthMax;
}

/** Counts what can open a level, at most one more than `most`: cheap, and nearly always enough. */
function openings(text: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf("{"); at >= 0 && count <= most; at = text.indexOf("{", at + 1)) {
    count += 1;
  }
  for (let at = text.indexOf("["); at >= 0 && count <= most; at = text.indexOf("[", at + 1)) {
    count += 1;
  }
  return count;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Walks the text outside of strings until it is too deep. */
function depthOf(text: string, most: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length && depth <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return depth;
}
