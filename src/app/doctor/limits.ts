/** Examines what the operating system allows this process: files, and connections that wait. */
import { readFileSync } from "node:fs";
import { type Finding, ok, warning, wrong } from "./finding.ts";

export interface SystemLimits {
  /** Undefined: this system doesn't tell. */
  openFiles: number | undefined;
  backlog: number | undefined;
}

/** Beside the connections of clients: pools, logs, the runtime. */
const OTHER_FILES = 200;
/** What Bun asks for when it listens. */
const BACKLOG = 512;

export function readLimits(): SystemLimits {
  const files = /^Max open files\s+(\d+)/m.exec(read("/proc/self/limits"))?.[1];
  const backlog = read("/proc/sys/net/core/somaxconn").trim();
  return {
    openFiles: files === undefined ? undefined : Number(files),
    backlog: backlog === "" ? undefined : Number(backlog),
  };
}

export function judgeLimits(limits: SystemLimits, connectionsMax: number): Finding[] {
  return [judgeFiles(limits.openFiles, connectionsMax), judgeBacklog(limits.backlog)];
}

function judgeFiles(openFiles: number | undefined, connectionsMax: number): Finding {
  const needed = connectionsMax + OTHER_FILES;
  const mend =
    `ulimit -n ${needed} (systemd: LimitNOFILE=${needed}; Docker: --ulimit nofile=${needed}), ` +
    "or lower LINNET_CONNECTIONS_MAX";
  if (openFiles === undefined) {
    return warning("Open files", "this system doesn't say how many are allowed", mend);
  }
  const what = `${openFiles} allowed, LINNET_CONNECTIONS_MAX is ${connectionsMax}`;
  return openFiles >= needed ? ok("Open files", what) : wrong("Open files", what, mend);
}

function judgeBacklog(backlog: number | undefined): Finding {
  if (backlog === undefined) return ok("Listen backlog", "this system doesn't say");
  if (backlog >= BACKLOG) return ok("Listen backlog", `${backlog}`);
  return warning(
    "Listen backlog",
    `${backlog}: connects beyond that are dropped when many come at once`,
    `sysctl -w net.core.somaxconn=4096`,
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
