// Connections that stand beside the load, in numbers that rise and fall. They send heartbeats as
// clients do, and nothing else.
import type { HeldJob } from "../generator/job.ts";
import type { Account } from "../machine/accounts.ts";
import { hold, type Held } from "../machine/generator.ts";
import type { Context } from "../run/context.ts";
import type { Subject } from "../run/trial.ts";
import { connectionOf } from "./pairs.ts";

/** What the greeting asks for unless the server is told otherwise. */
const HEARTBEAT_MS = 30_000;
/** So that what many handshakes leave behind is not measured: it is collected within a second. */
const SETTLE_MS = 1500;

export class Standing {
  readonly #context: Context;
  readonly #address: Pick<HeldJob, "host" | "ports" | "framing">;
  readonly #accounts: readonly Account[];
  /** Generator processes, the newest last. */
  readonly #held: { readonly count: number; readonly held: Held }[] = [];
  #count = 0;
  /** Connections that were found closed when they were released. */
  closed = 0;

  constructor(context: Context, { host, ports, framing }: Subject["job"], accounts: Account[]) {
    this.#context = context;
    this.#address = { host, ports, framing };
    this.#accounts = accounts;
  }

  /** Opens or closes as many as it takes. */
  async reach(count: number): Promise<void> {
    const before = this.#count;
    while (this.#count > count) await this.#release();
    if (this.#count < count) {
      const connections = this.#accounts.slice(this.#count, count).map(connectionOf);
      const job: HeldJob = {
        kind: "held",
        ...this.#address,
        greeting: true,
        heartbeatMs: HEARTBEAT_MS,
        connections,
      };
      this.#held.push({
        count: connections.length,
        held: await hold(job, this.#context.cores),
      });
      this.#count = count;
    }
    if (before !== this.#count) await Bun.sleep(SETTLE_MS);
  }

  async #release(): Promise<void> {
    const newest = this.#held.pop();
    if (newest === undefined) return;
    this.#count -= newest.count;
    this.closed += (await newest.held.release()).closed;
  }
}
