// The account that Postgres runs as when we are root: it refuses to run as root itself.
import { readFileSync } from "node:fs";
import type { Account } from "./processes.ts";

/** null when we are not root, and Postgres runs as we do. */
export function postgresAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const known = lookUp("postgres") ?? lookUp("linnet");
  if (known !== null) return known;
  for (const command of CREATE_COMMANDS) {
    if (Bun.which(command[0]) === null) continue;
    Bun.spawnSync([...command], { stdio: ["ignore", "ignore", "ignore"] });
    const made = lookUp("linnet");
    if (made !== null) return made;
  }
  const nobody = lookUp("nobody");
  if (nobody !== null) return nobody;
  throw new Error("no account for Postgres to run as: make one named postgres");
}

const CREATE_COMMANDS = [
  ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/sh", "linnet"],
  ["adduser", "-S", "-D", "-H", "linnet"],
] as const;

function lookUp(name: string): Account | null {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}
