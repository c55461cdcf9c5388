// Brings node_modules to what bun.lock says. Used before any package may be imported.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** True when the packages are there; false, with the reason on the screen, when they are not. */
export function installPackages(checkout: string, options: { allowed: boolean }): boolean {
  const stamp = join(checkout, "node_modules", ".linnet-lock");
  const wanted = lockHash(checkout);
  if (readText(stamp) === wanted) return true;
  if (!options.allowed) {
    console.error("Packages are missing or old. Get them with: bun install --frozen-lockfile");
    return false;
  }
  console.log("Getting the packages that bun.lock names (bun install --frozen-lockfile) …");
  const done = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile"], {
    cwd: checkout,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  if (done.exitCode !== 0) {
    console.error(`${done.stderr}\nbun install failed: is the package registry within reach?`);
    return false;
  }
  writeFileSync(stamp, wanted);
  return true;
}

function lockHash(checkout: string): string {
  const hash = createHash("sha256");
  for (const name of ["package.json", "bun.lock"]) hash.update(readText(join(checkout, name)));
  return hash.digest("hex");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
