// The project's own files as the tidy rules see them.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export interface Source {
  /** From the checkout's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** The text with the insides of comments and strings blanked, lengths kept. */
  readonly code: string;
}

/** One place where a rule is broken: `path:line what`. */
export type Finding = string;

export const CHECKOUT = resolve(import.meta.dir, "..", "..");

const FOLDERS = ["src", "test", "bench", "proto"];

/** Every TypeScript file that people write; generated code answers to its generator. */
export function allSources(): Source[] {
  const paths = FOLDERS.flatMap((folder) => {
    const glob = new Bun.Glob(`${folder}/**/*.ts`);
    return [...glob.scanSync(CHECKOUT)];
  });
  return paths
    .filter((path) => !path.includes("/generated/"))
    .sort()
    .map((path) => source(path, readFileSync(resolve(CHECKOUT, path), "utf8")));
}

export function source(path: string, text: string): Source {
  return { path, text, lines: text.split("\n"), code: blanked(text) };
}

/** A finding for each match of `pattern` in the code, comments and strings left out. */
export function findInCode(file: Source, pattern: RegExp, what: string): Finding[] {
  return [...file.code.matchAll(pattern)].map((match) => at(file, match.index, what));
}

export function at(file: Source, offset: number, what: string): Finding {
  return `${file.path}:${file.text.slice(0, offset).split("\n").length} ${what}`;
}

// Comments, strings, templates and regular expressions, in the order in which they may hide one
// another. Code inside of a template's ${} is blanked with it, which no rule minds.
const HIDDEN = new RegExp(
  [
    /\/\/[^\n]*/,
    /\/\*[\s\S]*?\*\//,
    /"(?:\\.|[^"\\\n])*"/,
    /'(?:\\.|[^'\\\n])*'/,
    /`(?:\\.|[^`\\])*`/,
    /(?<=(?:[=(,:!&|?[{;]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/,
  ]
    .map((pattern) => pattern.source)
    .join("|"),
  "g",
);

// Comments become spaces, the insides of the rest underscores.
function blanked(text: string): string {
  return text.replace(HIDDEN, (hidden) => {
    if (hidden.startsWith("//") || hidden.startsWith("/*")) return hidden.replace(/[^\n]/g, " ");
    return hidden.slice(0, 1) + hidden.slice(1, -1).replace(/[^\n]/g, "_") + hidden.slice(-1);
  });
}

/** The specifiers of static, type-only and dynamic imports and of re-exports, with their places. */
export function importsOf(file: Source): Array<{ specifier: string; offset: number }> {
  const pattern = new RegExp(
    [
      /(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"/,
      /(?:^|\n)\s*import\s*"([^"]+)"/,
      /\bimport\(\s*"([^"]+)"/,
    ]
      .map((part) => part.source)
      .join("|"),
    "g",
  );
  return [...file.text.matchAll(pattern)]
    .filter((match) => !isHidden(file, match))
    .map((match) => ({
      specifier: match[1] ?? match[2] ?? match[3] ?? "",
      offset: match.index + (match[0].length - match[0].trimStart().length),
    }));
}

// Where the code shows no quote at the match's end, the whole import stands in a comment or string.
function isHidden(file: Source, match: RegExpExecArray): boolean {
  const last = file.code.slice(match.index, match.index + match[0].length).trimEnd();
  return !/\b(import|from|export)\b/.test(last);
}
