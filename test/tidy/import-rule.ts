// The import rule of the design: who may know whom.
import { join } from "node:path";
import { type Finding, type Source, at, importsOf } from "./source.ts";

const STAGES = ["filter", "transfer", "store", "inbox", "delivery"];
const CLIENTS = ["redis", "postgres"];
const LOWER = ["base", "wire", ...CLIENTS, ...STAGES];

/** What each folder below `src` may import of ours, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: [],
  redis: ["base", "wire"],
  postgres: ["base", "wire"],
  ...Object.fromEntries(STAGES.map((stage) => [stage, ["base", "wire", ...CLIENTS]])),
  path: LOWER,
  notify: LOWER,
  gateway: [...LOWER, "path"],
  commands: [...LOWER, "path", "gateway"],
  http: [...LOWER, "path", "gateway"],
  sdk: ["wire"],
  console: ["sdk", "wire"],
  app: [...LOWER, "path", "notify", "gateway", "commands", "http", "sdk", "console"],
  "main.ts": ["app", "base"],
};

/** Runs in the browser too, so it may use no runtime of a server. */
const PORTABLE = ["wire", "sdk"];

export function importFindings(file: Source): Finding[] {
  const from = folderOf(file.path);
  if (from === null) return [];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${file.path}:1 lies in a folder that has no import rule`];
  const portable = PORTABLE.includes(from);
  const findings: Finding[] = [];
  for (const { specifier, offset } of importsOf(file)) {
    if (!specifier.startsWith(".")) {
      const isServerOnly = /^(node:|bun$|bun:)/.test(specifier);
      if (portable && isServerOnly) findings.push(at(file, offset, `imports ${specifier}`));
      continue;
    }
    const to = folderOf(join(file.path, "..", specifier));
    if (to === null) findings.push(at(file, offset, `imports ${specifier}, outside of src`));
    else if (to !== from && !allowed.includes(to)) {
      findings.push(at(file, offset, `${from} imports ${to} (${specifier})`));
    }
  }
  if (portable) {
    for (const match of file.code.matchAll(/\bBun\.|\bprocess\.|\bBuffer\b/g)) {
      findings.push(at(file, match.index, `uses ${match[0]} in portable code`));
    }
  }
  return findings;
}

/** The first folder below `src`, `main.ts` for that file, null for what is not below `src`. */
function folderOf(path: string): string | null {
  const words = path.split("/");
  return words[0] === "src" ? (words[1] ?? null) : null;
}
