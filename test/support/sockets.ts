// What a process holds, as the kernel sees it: its sockets, the ports they leave by, its memory.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Inodes of the sockets that a process has open. */
function socketsOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed since it was listed.
    }
  }
  return inodes;
}

export function countSockets(pid: number): number {
  return socketsOf(pid).size;
}

/** The local ports of the process's IPv4 connections to that port. */
export function portsTo(pid: number, remotePort: number): number[] {
  const inodes = socketsOf(pid);
  const remote = remotePort.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync(`/proc/${pid}/net/tcp`, "utf8").trim().split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, local = "", peer = "", , , , , , , inode = ""] = row.trim().split(/\s+/);
    const ours = inodes.has(inode) && peer.endsWith(`:${remote}`);
    return ours ? [Number.parseInt(local.split(":")[1] ?? "", 16)] : [];
  });
}

export function rssMib(pid: number): number {
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return Math.round(kib / 1024);
}
