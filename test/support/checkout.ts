// A checkout of its own for tests of `up`, so that they never meet the one that a person runs.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { prefixFor } from "../../src/app/up/processes.ts";
import { freePort } from "./services.ts";

const ORIGINAL = resolve(import.meta.dir, "..", "..");

export interface RunningUp {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Settles when the output holds `text`; rejects with the output when `up` ends before. */
  shows(text: string): Promise<void>;
}

export interface Checkout {
  readonly folder: string;
  up(...flags: string[]): RunningUp;
  /** The addresses in .linnet/env. */
  env(): Record<string, string>;
  pidIn(name: string): number;
  remove(): void;
}

export async function makeCheckout(): Promise<Checkout> {
  const folder = mkdtempSync(join(tmpdir(), "linnet-checkout-"));
  const patch = "src/postgres/driver.patch";
  for (const name of ["package.json", "bun.lock", "bunfig.toml", patch, "src/app/up"]) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    cpSync(join(ORIGINAL, name), join(folder, name), { recursive: true });
  }
  const port = await freePort();
  return {
    folder,
    up: (...flags) => startUp(folder, port, flags),
    env: () => {
      const lines = readFileSync(join(folder, ".linnet", "env"), "utf8")
        .trim()
        .split("\n");
      return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    },
    pidIn: (name) => Number.parseInt(readFileSync(join(folder, ".linnet", name), "utf8"), 10),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function startUp(folder: string, port: number, flags: string[]): RunningUp {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
  // Ends with the test process, also when that ends in the middle of a test.
  const command = [process.execPath, "src/app/up/main.ts", ...flags];
  const child = Bun.spawn([...prefixFor(null, "SIGTERM"), ...command], {
    cwd: folder,
    env: {
      ...env,
      LINNET_PORT: `${port}`,
      LINNET_UP_ENTRY: join(ORIGINAL, "test", "support", "stub-server.ts"),
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const arrivals = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      text += new TextDecoder().decode(chunk);
      for (const tell of arrivals) tell();
    }
  };
  const ended = Promise.all([read(child.stdout), read(child.stderr)]);
  return {
    child,
    shows: (wanted) =>
      new Promise((done, reject) => {
        const look = () => {
          if (!text.includes(wanted)) return;
          arrivals.delete(look);
          done();
        };
        arrivals.add(look);
        look();
        void ended.then(() => reject(new Error(`up ended without "${wanted}":\n${text}`)));
      }),
  };
}
