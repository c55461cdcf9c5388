/**
 * Text without what makes no difference to a reader: case, width, composition, characters that
 * aren't seen. Each part of it remembers where it stood.
 */

export interface FoldedText {
  text: string;
  /** For each unit of `text`, the bounds of its part of the original in UTF-16 units. */
  starts: ArrayLike<number>;
  ends: ArrayLike<number>;
}

/** A character with its marks, a Korean syllable in letters, or marks alone. */
const PARTS = /[\u1100-\u1112][\u1161-\u1175][\u11A8-\u11C2]?|[\s\S]?[\p{M}\uFF9E\uFF9F]+|[\s\S]/gu;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
// oxlint-disable-next-line no-control-regex -- ASCII is what it asks for
const ASCII = /^[\x00-\x7f]*$/;

/** As words are compared. */
export function folded(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : foldText(text).text;
}

export function foldText(text: string): FoldedText {
  if (ASCII.test(text)) return foldAscii(text);
  const starts: number[] = [];
  const ends: number[] = [];
  let result = "";
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    const fold = foldPart(part);
    for (let i = 0; i < fold.length; i++) {
      starts.push(index);
      ends.push(index + part.length);
    }
    result += fold;
  }
  return { text: result, starts, ends };
}

function foldAscii(text: string): FoldedText {
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  for (let at = 0; at < text.length; at++) {
    starts[at] = at;
    ends[at] = at + 1;
  }
  return { text: text.toLowerCase(), starts, ends };
}

/** Upper case first: ς and σ, ß and ss, long and short s are one there. */
function foldPart(part: string): string {
  const seen = part.replace(UNSEEN, "");
  return seen.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
