// What the registry knows against our packages. Where it can't be asked, that is said, and fails
// nothing.
import { resolve } from "node:path";
import type { CheckResult } from "./check.ts";

const CHECKOUT = resolve(import.meta.dir, "..");
const TIMEOUT_MS = 30_000;
/** Below these an advisory is shown, and fails nothing. */
const FAILING: readonly string[] = ["high", "critical"];

interface Advisory {
  severity: string;
  title: string;
  url: string;
}

export async function auditDependencies(): Promise<CheckResult> {
  const since = performance.now();
  const child = Bun.spawn([process.execPath, "audit", "--json"], {
    cwd: CHECKOUT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIMEOUT_MS,
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const seconds = (performance.now() - since) / 1000;
  return { ...judgeAudit(out, err), seconds };
}

/** By what `bun audit --json` printed: it ends with 1 for advisories and for no registry alike. */
export function judgeAudit(out: string, err: string): Omit<CheckResult, "seconds"> {
  const advisories = parse(out);
  if (advisories === undefined) {
    const why = err.trim().split("\n").at(-1) || "no answer";
    return {
      name: `advisories: not checked, the registry can't be asked (${why})`,
      passed: true,
      output: "",
    };
  }
  const found = Object.entries(advisories).flatMap(([name, list]) =>
    list.map((advisory) => ({ name, ...advisory })),
  );
  const failing = found.filter(({ severity }) => FAILING.includes(severity));
  const lines = found.map(
    ({ name, severity, title, url }) => `${severity}: ${name}: ${title} ${url}`,
  );
  return {
    name: `advisories: ${found.length} known, ${failing.length} high or critical`,
    passed: failing.length === 0,
    output: lines.join("\n"),
  };
}

/** Package name → its advisories; undefined when this is no answer of the registry. */
function parse(out: string): Record<string, Advisory[]> | undefined {
  try {
    const value: unknown = JSON.parse(out.slice(Math.max(0, out.indexOf("{"))));
    if (typeof value !== "object" || value === null) return undefined;
    return Object.values(value).every((list) => Array.isArray(list))
      ? (value as Record<string, Advisory[]>)
      : undefined;
  } catch {
    return undefined;
  }
}
