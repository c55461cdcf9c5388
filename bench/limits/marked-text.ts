// Where the text of a generator's frame begins; the same place in nearly all, so looked at first.
import { findMark, MARK_TEXT } from "../generator/marks.ts";

let guess = 0;

export function textMarkOf(frame: string | Uint8Array): number {
  if (typeof frame === "string") return frame.indexOf("~~");
  const at = findMark(frame, 0, frame.length, MARK_TEXT, guess);
  guess = at;
  return at;
}
