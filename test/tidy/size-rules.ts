// How long files, functions and lines may be, and what a file may be called.
import { basename } from "node:path";
import type { Finding, Source } from "./source.ts";

const FILE_LINES_MOST = 400;
const FUNCTION_LINES_MOST = 69;
const COLUMNS_MOST = 100;
const LARGE_FILE_LINES = 300;
/** Nine files in ten stay under the large size. */
const LARGE_SHARE_MOST = 0.1;

const EMPTY_NAMES = new Set(["util", "helper", "common", "misc", "manager", "index"]);

export function sizeFindings(file: Source): Finding[] {
  const findings: Finding[] = [];
  if (lengthOf(file) > FILE_LINES_MOST) findings.push(`${file.path}:1 has ${lengthOf(file)} lines`);
  for (const [index, line] of file.lines.entries()) {
    if (line.length <= COLUMNS_MOST || holdsAddress(line)) continue;
    findings.push(`${file.path}:${index + 1} has ${line.length} columns`);
  }
  return [...findings, ...longFunctions(file)];
}

export function nameFindings(file: Source): Finding[] {
  const name = basename(file.path).replace(/\.ts$/, "");
  const findings: Finding[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|config))?$/.test(name)) {
    findings.push(`${file.path}:1 is not kebab-case`);
  }
  for (const word of name.split(/[.-]/)) {
    if (EMPTY_NAMES.has(word.replace(/s$/, ""))) findings.push(`${file.path}:1 is named ${word}`);
  }
  return findings;
}

/** One finding when too many files are large, none otherwise. */
export function distributionFindings(files: readonly Source[]): Finding[] {
  const large = files.filter((file) => lengthOf(file) >= LARGE_FILE_LINES);
  if (large.length <= files.length * LARGE_SHARE_MOST) return [];
  return [`${large.length} of ${files.length} files have ${LARGE_FILE_LINES} lines or more`];
}

// The formatter puts the brace that opens a body at the end of its line and the one that closes
// it on a line of its own with the same indent, so a pair of lines is a function.
function longFunctions(file: Source): Finding[] {
  const findings: Finding[] = [];
  const lines = file.code.split("\n");
  for (const [start, line] of lines.entries()) {
    if (!/(\)|=>|\)\s*:\s*[^=]+)\s*\{$/.test(line) || /^\s*describe\b/.test(line)) continue;
    const indent = /^\s*/.exec(line)?.[0] ?? "";
    const length = lines.slice(start).findIndex((other) => other.startsWith(`${indent}}`)) + 1;
    if (length <= FUNCTION_LINES_MOST) continue;
    findings.push(`${file.path}:${start + 1} begins a function of ${length} lines`);
  }
  return findings;
}

function holdsAddress(line: string): boolean {
  return /https?:\/\/\S{60}/.test(line);
}

function lengthOf(file: Source): number {
  return file.lines.at(-1) === "" ? file.lines.length - 1 : file.lines.length;
}
