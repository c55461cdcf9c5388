/** The servers' own counters, read often, since what a killed process counted goes with it. */
import { pause } from "../../src/base/backoff.ts";
import type { Cluster } from "./cluster.ts";
import type { Journal } from "./journal.ts";
import type { ServerNode } from "./server-node.ts";

const EVERY_MS = 400;
const ASK_MS = 1000;
/** Counters of interest begin so. */
const OURS = /^(linnet_\w+?)(?:\{[^}]*\})? ([\d.e+]+)$/gm;

export class Counters {
  readonly #cluster: Cluster;
  /** "node incarnation name" → the newest value. */
  readonly #newest = new Map<string, number>();
  #going = true;
  #loops: Promise<unknown>;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#loops = Promise.all(cluster.nodes.map((node) => this.#loop(node)));
  }

  async stop(journal: Journal): Promise<void> {
    this.#going = false;
    await this.#loops;
    await Promise.all(this.#cluster.nodes.map((node) => this.#read(node)));
    for (const [key, value] of this.#newest) {
      const [node = "", incarnation = "", name = ""] = key.split(" ");
      if (!name.endsWith("_total")) continue;
      journal.add({ kind: "counter", node, incarnation: Number(incarnation), name, value });
    }
  }

  /** A counter of all processes that have lived. */
  sum(name: string): number {
    let sum = 0;
    for (const [key, value] of this.#newest) if (key.endsWith(` ${name}`)) sum += value;
    return sum;
  }

  async #loop(node: ServerNode): Promise<void> {
    while (this.#going) {
      await this.#read(node);
      await pause(EVERY_MS);
    }
  }

  async #read(node: ServerNode): Promise<void> {
    const { incarnation } = node;
    for (const [name, value] of await readCounters(node)) {
      this.#newest.set(`${node.name} ${incarnation} ${name}`, value);
    }
  }
}

/** What a process counts, labels summed; empty when it doesn't answer. */
export async function readCounters(node: ServerNode): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  try {
    const answer = await fetch(`${node.adminUrl}/metrics`, { signal: AbortSignal.timeout(ASK_MS) });
    for (const [, name, value] of (await answer.text()).matchAll(OURS)) {
      values.set(name as string, (values.get(name as string) ?? 0) + Number(value));
    }
  } catch {
    // Dead or paused, as the proof wants it to be at times.
  }
  return values;
}
