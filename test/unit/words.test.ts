// Words as search knows them.
import { expect, test } from "bun:test";
import { runsSought, wordsOf } from "../../src/base/words.ts";

const texts = (text: string): string[] => wordsOf(text).map((word) => word.text);

test("words are runs of letters and digits, in lower case, of one width", () => {
  expect(texts("Hello, WORLD-wide ｆｕｌｌ 42!")).toEqual(["hello", "world", "wide", "full", "42"]);
  expect(texts("Ünïcode straße Привет")).toEqual(["ünïcode", "straße", "привет"]);
  expect(texts("…?! 🙂")).toEqual([]);
});

test("scripts without spaces are cut into pairs that follow one another", () => {
  expect(wordsOf("东京都 ok")).toEqual([
    { text: "东京", position: 2 },
    { text: "京都", position: 3 },
    { text: "都", position: 4 },
    { text: "ok", position: 6 },
  ]);
  expect(texts("日本のchatです")).toEqual(["日本", "本の", "の", "chat", "です", "す"]);
});

test("a word is sought by its beginning, a run of characters as a phrase", () => {
  expect(runsSought("hel 东京都 字")).toEqual([
    { phrase: ["hel"], isPrefix: true },
    { phrase: ["东京", "京都"], isPrefix: false },
    { phrase: ["字"], isPrefix: true },
  ]);
});

test("a text of any length has a bounded number of words, each of bounded length", () => {
  expect(wordsOf("a b ".repeat(10_000)).length).toBe(2000);
  expect(texts("x".repeat(5000))[0]).toHaveLength(64);
});
