/** One of many processes: a child that runs the same program, and what it tells its supervisor. */
import { pause } from "../base/backoff.ts";

/** What a process tells whoever started it as one of many, once it serves. */
export interface Ready {
  port: number;
  adminPort: number;
}

/** The exit code of a process that refuses its configuration (sysexits.h: EX_CONFIG). */
export const REFUSED_CODE = 78;

export interface ChildProcess {
  readonly pid: number;
  /** Undefined until it serves. */
  readonly ready: Ready | undefined;
  /** True once it serves; false when it ended before. */
  readonly started: Promise<boolean>;
  /** Its exit code, or 128 and the signal. */
  readonly exited: Promise<number>;
  readonly isRunning: boolean;
  /** Asks for a drain; after `boundMs` there is no more asking. */
  stop(boundMs: number): Promise<void>;
  kill(): void;
}

/**
 * A session of its own: Ctrl-C in a terminal reaches the supervisor alone, which passes it on once.
 * The child hears by the end of the channel between them that its supervisor is gone.
 */
export function spawnChild(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ChildProcess {
  let ready: Ready | undefined;
  const { promise: started, resolve } = Promise.withResolvers<boolean>();
  const child = Bun.spawn([...command], {
    env: { ...env },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
    ipc: (message: Ready) => {
      ready = message;
      resolve(true);
    },
  });
  void child.exited.then(() => resolve(false));
  return {
    pid: child.pid,
    get ready() {
      return ready;
    },
    started,
    exited: child.exited,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop(boundMs) {
      child.kill("SIGTERM");
      await Promise.race([child.exited, pause(boundMs)]);
      child.kill("SIGKILL");
      await child.exited;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** In a child: says that it serves. Does nothing in a process that has no supervisor. */
export function tellReady(ready: Ready): void {
  process.send?.({ port: ready.port, adminPort: ready.adminPort });
}
