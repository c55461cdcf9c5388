// What processes have used, from /proc: time on a core in microseconds, and resident memory.
import { readdirSync, readFileSync } from "node:fs";
import type { ProcessIds } from "../generator/job.ts";

/** With a postmaster its children, which Postgres starts and ends as it likes. */
export function withChildren(ids: ProcessIds): Record<string, number[]> {
  const all: Record<string, number[]> = {};
  for (const [name, pids] of Object.entries(ids)) {
    all[name] = pids.flatMap((pid) => (name === "postgres" ? [pid, ...childrenOf(pid)] : [pid]));
  }
  return all;
}

function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`).trim();
  return text === "" ? [] : text.split(/\s+/).map(Number);
}

/**
 * Begins to measure; what it returns says how many microseconds each kind of process has been on a
 * core since, all threads together. Of a child of Postgres that has ended meanwhile nothing is
 * known, so nothing is counted: not what it had used before either.
 */
export function startCpuMeter(ids: ProcessIds): () => Record<string, number> {
  const before = new Map<number, number>();
  for (const pid of Object.values(withChildren(ids)).flat()) before.set(pid, processMicros(pid));
  return () => {
    const spent: Record<string, number> = {};
    for (const [name, pids] of Object.entries(withChildren(ids))) {
      spent[name] = pids.reduce((sum, pid) => sum + processMicros(pid) - (before.get(pid) ?? 0), 0);
    }
    return spent;
  };
}

/** From the scheduler's own account where the kernel keeps one (exact), else from ticks (10 ms). */
function processMicros(pid: number): number {
  let sum = 0;
  for (const task of tasksOf(pid)) {
    sum += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] ?? 0) / 1000;
  }
  return sum > 0 ? sum : tickMicros(pid);
}

const MICROS_PER_TICK = 10_000;

function tickMicros(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MICROS_PER_TICK;
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/**
 * Resident memory in KiB. Of Postgres the private part of each process and the shared buffers once,
 * because each backend that touched a shared page is charged for it.
 */
export function rssKib(ids: ProcessIds): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, pids] of Object.entries(withChildren(ids))) {
    const field = name === "postgres" ? "RssAnon" : "VmRSS";
    sums[name] = pids.reduce((sum, pid) => sum + statusKib(pid, field), 0);
    if (name === "postgres") {
      sums[name] += Math.max(0, ...pids.map((pid) => statusKib(pid, "RssShmem")));
    }
  }
  return sums;
}

/** What the kernel holds for all sockets and other objects of its own, KiB. */
export function kernelKib(): number {
  const slab = /^Slab:\s+(\d+) kB/m.exec(read("/proc/meminfo"))?.[1] ?? 0;
  const pages = /^TCP: .* mem (\d+)/m.exec(read("/proc/net/sockstat"))?.[1] ?? 0;
  return Number(slab) + Number(pages) * KIB_PER_PAGE;
}

const KIB_PER_PAGE = 4;

function statusKib(pid: number, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(read(`/proc/${pid}/status`));
  return Number(match?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
