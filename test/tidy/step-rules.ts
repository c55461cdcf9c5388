// The files of the message's way say which step they are, and hot ones do nothing costly.
import { type Finding, type Source, findInCode } from "./source.ts";

/** The comment that a file begins with, its marks removed. */
export function headerOf(file: Source): string {
  const block = /^\/\*\*([\s\S]*?)\*\//.exec(file.text)?.[1];
  if (block !== undefined) return block.replace(/^\s*\* ?/gm, "").trim();
  const lines: string[] = [];
  for (const line of file.lines) {
    if (!line.startsWith("//")) break;
    lines.push(line.slice(2).trim());
  }
  return lines.join("\n");
}

/** The steps whose files a header names, as in "Step 4: …" or "Steps 6 to 8". */
export function stepsOf(file: Source): number[] {
  if (!file.path.startsWith("src/")) return [];
  const match = /\bSteps? (\d)(?:(?: to |–|-| and |, )(\d))?/.exec(headerOf(file));
  if (match === null) return [];
  const first = Number(match[1]);
  const last = Number(match[2] ?? first);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

/** A step's header names its step at once, and the file or folder that comes next. */
export function stepFindings(file: Source): Finding[] {
  const header = headerOf(file);
  const isStep = /^Steps? \d/.test(header);
  if (!isStep || /^Steps? 9\b/.test(header)) return [];
  const next = /\bnext\b[^]*?[\w-]+(\/[\w-]+)*(\.ts|\/)/i;
  return next.test(header) ? [] : [`${file.path}:1 is a step that doesn't say what comes next`];
}

/** One finding for each step from 1 to 9 that no file says it is. */
export function missingSteps(files: readonly Source[]): Finding[] {
  const known = new Set(files.flatMap(stepsOf));
  return [1, 2, 3, 4, 5, 6, 7, 8, 9]
    .filter((step) => !known.has(step))
    .map((step) => `no file below src says that it is step ${step}`);
}

const COSTLY: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
  [/\basync\b|\bawait\b|\bPromise\b|\.then\(/g, "waits in a hot file"],
  // An arrow before a type, at the end of a member or a parameter, is a type and costs nothing.
  // One that a class holds in a field is made once.
  [
    /(?<!^ {2}readonly #?\w+ = \([^()]*\)(?:: \w+)? )=>(?!\s*[\w.<>[\]| ]+(?:[;,)]|$)(?<=:.*))/gm,
    "makes a closure in a hot file",
  ],
  [/\.\.\.(?=[\w([])/g, "spreads in a hot file"],
  [/\bnew (Map|Set|WeakMap|Array|Date|RegExp|Proxy)\b/g, "makes an object in a hot file"],
  [/\.(map|filter|forEach|reduce|flatMap|concat|split|join)\(/g, "copies in a hot file"],
  [/\bJSON\.(parse|stringify)\b/g, "goes by JSON in a hot file"],
  [/\bObject\.(keys|entries|values|assign|fromEntries)\b/g, "walks an object in a hot file"],
];

/** What doesn't belong into a file whose header holds the mark of hot files. */
export function hotFindings(file: Source): Finding[] {
  if (!file.path.startsWith("src/") || !headerOf(file).includes("@hot")) return [];
  return COSTLY.flatMap(([pattern, what]) => findInCode(file, pattern, what));
}
