/**
 * The words of a text as a search index knows them: runs of letters and digits in lower case; of
 * scripts that don't put spaces between words, each two characters that follow one another.
 */

export interface Word {
  text: string;
  /** From 1; neighbours of a run of bigrams follow one another. */
  position: number;
}

const WORDS_MAX = 2000;
const CHARACTERS_MAX = 64;
const JOINED = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}";
const RUN = new RegExp(`[${JOINED}]+|(?:(?![${JOINED}])[\\p{L}\\p{N}_])+`, "gu");
const IS_JOINED = new RegExp(`^[${JOINED}]`, "u");

/** At most 2,000 words; longer ones are cut to 64 characters. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const run of runsOf(text)) {
    // A gap, so that what stands apart is no phrase.
    const from = (words.at(-1)?.position ?? 0) + 2;
    const pieces = isJoined(run) ? [...bigramsOf(run), Array.from(run).at(-1) ?? ""] : [cut(run)];
    for (const [index, piece] of pieces.entries()) {
      if (words.length === WORDS_MAX) return words;
      words.push({ text: piece, position: from + index });
    }
  }
  return words;
}

/** Each run as alternatives of how it is found: a beginning of a word, or a phrase of bigrams. */
export function runsSought(text: string): { phrase: string[]; isPrefix: boolean }[] {
  return runsOf(text).map((run) => {
    const bigrams = isJoined(run) ? bigramsOf(run) : [];
    if (bigrams.length > 0) return { phrase: bigrams, isPrefix: false };
    return { phrase: [cut(run)], isPrefix: true };
  });
}

function runsOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(RUN) ?? [];
}

function isJoined(run: string): boolean {
  return IS_JOINED.test(run);
}

function bigramsOf(run: string): string[] {
  const characters = Array.from(run);
  return characters.slice(1).map((character, before) => `${characters[before]}${character}`);
}

function cut(run: string): string {
  return run.length > CHARACTERS_MAX ? Array.from(run).slice(0, CHARACTERS_MAX).join("") : run;
}
