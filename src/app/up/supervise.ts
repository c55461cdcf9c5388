// Keeps one child running: started again when it ends by itself, until it is stopped.
import type { Child } from "./processes.ts";

export interface SuperviseOptions {
  readonly name: string;
  /** Settles when the child does its work; called again after each death. */
  readonly start: () => Promise<Child>;
  readonly stop: (child: Child) => Promise<void>;
  readonly say: (line: string) => void;
}

export interface Supervised {
  stop(): Promise<void>;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MOST_MS = 5_000;
/** A child that lived this long is healthy: its next death is answered at once. */
const HEALTHY_AFTER_MS = 10_000;

/** Rejects when the first start fails; later ones are tried for ever. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  let child: Child | null = await options.start();
  const stopped = Promise.withResolvers<void>();
  let stopping = false;

  async function watch(): Promise<void> {
    let backoffMs = 0;
    while (!stopping) {
      const since = performance.now();
      if (child !== null) {
        const code = await Promise.race([child.exited, stopped.promise]);
        if (stopping) return;
        options.say(`${options.name} ended (${code}); starting it again`);
        child = null;
      }
      if (performance.now() - since > HEALTHY_AFTER_MS) backoffMs = 0;
      await Promise.race([Bun.sleep(backoffMs), stopped.promise]);
      if (stopping) return;
      backoffMs = Math.min(Math.max(backoffMs * 2, BACKOFF_FIRST_MS), BACKOFF_MOST_MS);
      try {
        child = await options.start();
        options.say(`${options.name} is back`);
      } catch (error) {
        options.say(`${options.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  const watching = watch();
  return {
    async stop() {
      stopping = true;
      stopped.resolve();
      await watching;
      if (child?.isRunning()) await options.stop(child);
    },
  };
}
