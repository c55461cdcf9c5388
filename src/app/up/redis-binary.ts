// Finds a redis-server, or gets one through the system's package manager without a service.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { RedisBinary } from "./redis.ts";

/** How to get a redis-server here: what to say, and what to do. */
export interface RedisPlan {
  /** Shell commands that a person could paste instead. */
  readonly commands: readonly string[];
  readonly carryOut: () => RedisBinary;
}

/** The redis-server on the PATH, else the program of redis-tools, else our copy, else null. */
export function findRedis(stateDir: string): RedisBinary | null {
  const onPath = Bun.which("redis-server") ?? Bun.which("valkey-server");
  if (onPath !== null) return { program: onPath, libraryPath: null };
  // Debian's redis-server is a link to this program, which looks at the name it is called by.
  const installed = "/usr/bin/redis-check-rdb";
  if (existsSync(installed)) return linkedAsServer(stateDir, installed, null);
  const unpacked = join(stateDir, "redis-tools");
  const copy = join(unpacked, "usr", "bin", "redis-check-rdb");
  if (existsSync(copy)) return linkedAsServer(stateDir, copy, libraryFolders(unpacked));
  return null;
}

/** null where we know no package manager. */
export function planRedis(stateDir: string): RedisPlan | null {
  const isRoot = process.getuid?.() === 0;
  if (Bun.which("apt-get") !== null) return isRoot ? aptPlan(stateDir) : debPlan(stateDir);
  const sudo = isRoot ? "" : "sudo ";
  for (const [manager, command] of OTHER_MANAGERS) {
    if (Bun.which(manager) === null) continue;
    const needsRoot = manager !== "brew" && !isRoot;
    const line = manager === "brew" ? command : sudo + command;
    return {
      commands: [line],
      carryOut: () => {
        if (needsRoot) throw new Error(`only root may install packages here: ${line}`);
        run(command.split(" "));
        return found(stateDir);
      },
    };
  }
  return null;
}

const OTHER_MANAGERS = [
  ["dnf", "dnf install -y redis"],
  ["yum", "yum install -y redis"],
  ["apk", "apk add redis"],
  ["pacman", "pacman -S --noconfirm valkey"],
  ["zypper", "zypper --non-interactive install redis"],
  ["brew", "brew install redis"],
] as const;

// The package redis-server would enable a service; redis-tools holds the same program without.
function aptPlan(stateDir: string): RedisPlan {
  const install = "apt-get install -y --no-install-recommends redis-tools";
  return {
    commands: ["apt-get update", install],
    carryOut: () => {
      // Lists may be missing (in an image) or old: fetch them only when it fails without.
      if (!tryRun(install.split(" "))) {
        run(["apt-get", "update"]);
        run(install.split(" "));
      }
      return found(stateDir);
    },
  };
}

// Without root: fetch the packages, unpack them into our own folder, install nothing.
function debPlan(stateDir: string): RedisPlan {
  const folder = join(stateDir, "redis-tools");
  const apt = join(stateDir, "apt");
  const options = [
    `Dir::State::lists=${join(apt, "lists")}`,
    `Dir::Cache=${join(apt, "cache")}`,
    "APT::Sandbox::User=",
  ].flatMap((option) => ["-o", option]);
  const update = ["apt-get", ...options, "update"];
  const names = DEBIAN_PACKAGES.map((alternatives) => alternatives.split("|")[0]);
  const inDebs = join(apt, "debs");
  return {
    commands: [
      `mkdir -p ${inDebs} ${join(apt, "lists", "partial")} && cd ${inDebs}`,
      update.join(" "),
      ["apt-get", ...options, "download", ...names].join(" "),
      `for deb in *.deb; do dpkg -x "$deb" ${folder}; done`,
    ],
    carryOut: () => {
      mkdirSync(join(apt, "lists", "partial"), { recursive: true });
      mkdirSync(join(apt, "cache", "archives", "partial"), { recursive: true });
      rmSync(inDebs, { recursive: true, force: true });
      mkdirSync(inDebs, { recursive: true });
      run(update, inDebs);
      for (const name of DEBIAN_PACKAGES) downloadDeb(name, options, inDebs);
      const part = `${folder}.part`;
      rmSync(part, { recursive: true, force: true });
      for (const deb of readdirSync(inDebs)) run(["dpkg", "-x", join(inDebs, deb), part]);
      rmSync(folder, { recursive: true, force: true });
      run(["mv", part, folder]);
      rmSync(apt, { recursive: true, force: true });
      return found(stateDir);
    },
  };
}

// Names differ between releases (libssl3 is libssl3t64 in newer ones), hence the pairs.
const DEBIAN_PACKAGES = [
  "redis-tools",
  "liblzf1",
  "libjemalloc2",
  "libatomic1",
  "libssl3|libssl3t64",
];

function downloadDeb(names: string, options: string[], folder: string): void {
  const tried = names.split("|");
  if (tried.some((name) => tryRun(["apt-get", ...options, "download", name], folder))) return;
  if (names === "redis-tools") throw new Error("apt-get could not download redis-tools");
  // A library that this release names otherwise is most likely on the system already.
}

function found(stateDir: string): RedisBinary {
  const binary = findRedis(stateDir);
  if (binary === null) throw new Error("the packages came, but no redis-server with them");
  return binary;
}

function linkedAsServer(stateDir: string, target: string, libraryPath: string | null): RedisBinary {
  const program = join(stateDir, "bin", "redis-server");
  mkdirSync(dirname(program), { recursive: true });
  chmodSync(dirname(program), 0o755);
  if (linkTarget(program) !== target) {
    rmSync(program, { force: true });
    symlinkSync(target, program);
  }
  return { program, libraryPath };
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function libraryFolders(unpacked: string): string {
  const folders: string[] = [];
  for (const base of [join(unpacked, "usr", "lib"), join(unpacked, "lib")]) {
    if (!existsSync(base)) continue;
    folders.push(base);
    for (const entry of readdirSync(base, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.push(join(base, entry.name));
    }
  }
  return folders.join(":");
}

function run(command: readonly string[], cwd = "/"): void {
  if (!tryRun(command, cwd)) throw new Error(`this failed: ${command.join(" ")}`);
}

function tryRun(command: readonly string[], cwd = "/"): boolean {
  const done = Bun.spawnSync([...command], {
    cwd,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  return done.exitCode === 0;
}
