// What the code of this project does not do, and where the few exceptions are.
import { type Finding, type Source, at, findInCode, importsOf } from "./source.ts";

interface Habit {
  readonly pattern: RegExp;
  readonly what: string;
  /** The files that the rule is for. */
  readonly within: (path: string) => boolean;
}

const inSource = (path: string) => path.startsWith("src/");
const inUp = (path: string) => path.startsWith("src/app/up/");
const isEntry = (path: string) => /^src\/(app\/[\w-]+\/)?main\.ts$/.test(path);
const isTest = (path: string) => path.startsWith("test/") && !path.startsWith("test/support/");

/** The simulation's timers are virtual: there no time passes. */
const isVirtual = (path: string) => /^test\/simulate\/[\w-]+\.ts$/.test(path);

const HABITS: readonly Habit[] = [
  {
    pattern: /\bexport\s+default\b/g,
    what: "default export",
    // Declarations say what a loader makes of a file that isn't code.
    within: (path) => !path.endsWith(".d.ts"),
  },
  { pattern: /\b(const\s+)?enum\s+\w+\s*\{/g, what: "enum", within: () => true },
  { pattern: /\bnamespace\s+\w+\s*\{/g, what: "namespace", within: () => true },
  { pattern: /\bas\s+any\b/g, what: "as any", within: () => true },
  {
    pattern: /\b(process|Bun)\.env\b|\bimport\.meta\.env\b/g,
    what: "reads the environment",
    within: (path) => inSource(path) && path !== "src/app/config.ts" && !inUp(path),
  },
  {
    // process in braces is how `const { env } = process` gets around the rule above.
    pattern: /\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
    what: "reads the environment",
    within: (path) => inSource(path) && path !== "src/app/config.ts" && !inUp(path),
  },
  {
    pattern: /\bDate\.now\b|\bperformance\.now\b|\bBun\.nanoseconds\b|\bnew Date\(\)/g,
    what: "reads the clock",
    within: (path) =>
      inSource(path) && path !== "src/base/clock.ts" && !inUp(path) && !path.startsWith("src/sdk/"),
  },
  {
    pattern: /\bprocess\.exit\b/g,
    what: "ends the process",
    within: (path) => inSource(path) && !isEntry(path),
  },
  {
    pattern: /\b(test|it|describe)\.(skip|only|todo)\b/g,
    what: "a test that does not run, or runs alone",
    within: () => true,
  },
  {
    pattern: /\bsetTimeout\b|\bsetInterval\b|\bBun\.sleep(Sync)?\b/g,
    what: "a test waits for time to pass",
    within: (path) => isTest(path) && !isVirtual(path),
  },
];

export function habitFindings(file: Source): Finding[] {
  return HABITS.filter(({ within }) => within(file.path)).flatMap(({ pattern, what }) =>
    findInCode(file, pattern, what),
  );
}

/** What stands in comments, where `habitFindings` does not look. */
export function commentFindings(file: Source): Finding[] {
  const findings: Finding[] = [];
  if (!file.path.endsWith(".d.ts") && !/^(\/\/|\/\*\*|#!)/.test(file.text)) {
    findings.push(`${file.path}:1 begins without a sentence that says what it is`);
  }
  for (const match of file.text.matchAll(/\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck)/g)) {
    const isComment = file.code[match.index] === " ";
    if (isComment) findings.push(at(file, match.index, match[0]));
  }
  return findings;
}

const WITH_EXTENSION = /\.(ts|json|lua|sql|html|css|txt|md|svg|yaml|proto)$/;

/** Import paths say the file's whole name, and no file hands on what another exports. */
export function pathFindings(file: Source): Finding[] {
  const findings: Finding[] = [];
  for (const { specifier, offset } of importsOf(file)) {
    const isOurs = specifier.startsWith(".");
    const isGenerated = specifier.includes("/generated/");
    if (isOurs && !isGenerated && !WITH_EXTENSION.test(specifier)) {
      findings.push(at(file, offset, `imports ${specifier} without its extension`));
    }
    // Whoever embeds the SDK gets its types from one place.
    if (file.text.startsWith("export", offset) && !file.path.startsWith("src/sdk/")) {
      findings.push(at(file, offset, `hands on ${specifier}`));
    }
  }
  return findings;
}
