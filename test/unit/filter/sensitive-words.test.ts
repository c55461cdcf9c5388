// The matcher of many words against a naive one, and what folding makes equal.
import { expect, test } from "bun:test";
import { array, assert, asyncProperty, constantFrom, string, uniqueArray } from "fast-check";
import { folded, foldText } from "../../../src/filter/folded-text.ts";
import { type MatchedWord, WordMatcher } from "../../../src/filter/word-matcher.ts";

const noPause = () => Promise.resolve();

/** Each unit that lies in a word, by looking for each word at each place. */
function naiveUnits(words: readonly MatchedWord[], text: string): boolean[] {
  const units = Array.from({ length: text.length }, () => false);
  for (const { word } of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      units.fill(true, at, at + word.length);
    }
  }
  return units;
}

const letters = string({ unit: constantFrom("a", "b", "词", "\u{1F600}"), maxLength: 6 });
const wordList = uniqueArray(
  letters.filter((word) => word !== ""),
  { maxLength: 30 },
);

test("finds what a naive search finds, in any text", async () => {
  await assert(
    asyncProperty(wordList, array(letters), async (list, parts) => {
      const words = list.map((word) => ({ word, refused: false }));
      const text = parts.join("");
      const matcher = await WordMatcher.of(words, noPause);
      const units = Array.from({ length: text.length }, () => false);
      expect(matcher.scan(text, (start, end) => units.fill(true, start, end))).toBe(false);
      expect(units).toEqual(naiveUnits(words, text));
    }),
    { numRuns: 500 },
  );
});

test("says that a text is refused exactly when a refused word is in it", async () => {
  await assert(
    asyncProperty(wordList, wordList, letters, letters, async (kept, refused, a, b) => {
      const marked = new Map(kept.map((word) => [word, false]));
      for (const word of refused) marked.set(word, true);
      const words = [...marked].map(([word, isRefused]) => ({ word, refused: isRefused }));
      const text = a + b;
      const matcher = await WordMatcher.of(words, noPause);
      const expected = words.some((one) => one.refused && text.includes(one.word));
      expect(matcher.scan(text, () => {})).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("100,000 words, and a text is looked at in one pass", async () => {
  const words = Array.from({ length: 100_000 }, (_, i) => {
    return { word: `w${(i * 2_654_435_761) % 4_294_967_296}字`, refused: false };
  });
  let pauses = 0;
  const matcher = await WordMatcher.of(words, () => {
    pauses += 1;
    return Promise.resolve();
  });
  expect(pauses).toBeGreaterThan(50);
  const text = `${"w12 ".repeat(2000)}${words[77_777]?.word} and ${words[1]?.word}!`;
  const found: string[] = [];
  matcher.scan(text, (start, end) => found.push(text.slice(start, end)));
  expect(found).toEqual([words[77_777]?.word ?? "", words[1]?.word ?? ""]);
});

test("case, width, composition and what isn't seen make no difference", () => {
  const same: [string, string][] = [
    ["BAD", "bad"],
    ["ＢａＤ", "bad"],
    ["b\u200bad\u00ad", "bad"],
    ["e\u0301t\u00e9", "éte\u0301"],
    ["ｶﾞｽ", "ガス"],
    ["ΟΔΟΣ", "οδος"],
    ["STRASSE", "straße"],
    ["한글".normalize("NFD"), "한글"],
    ["①", "1"],
  ];
  for (const [a, b] of same) expect(folded(a)).toBe(folded(b));
  expect(folded("bad")).not.toBe(folded("bed"));
});

test("each part of a folded text knows where it stood", () => {
  const text = "aＢ\u200bé\u{1F600}ﬁ";
  const { text: fold, starts, ends } = foldText(text);
  const parts = Array.from({ length: fold.length }, (_, at) => text.slice(starts[at], ends[at]));
  expect(fold).toBe("abé\u{1F600}fi");
  expect(parts).toEqual(["a", "Ｂ", "é", "\u{1F600}", "\u{1F600}", "ﬁ", "ﬁ"]);
});
