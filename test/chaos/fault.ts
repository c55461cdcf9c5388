/** A fault as the run carries it out: struck at something, and healed. */
import { pause } from "../../src/base/backoff.ts";
import type { Actor } from "./actor.ts";
import type { Backing } from "./backing.ts";
import type { Cluster } from "./cluster.ts";
import type { Random } from "./random.ts";
import type { ServerNode } from "./server-node.ts";
import type { Stage, StageOptions } from "./stage.ts";

export interface Scene {
  cluster: Cluster;
  backing: Backing;
  stage: Stage;
  stageOptions: StageOptions;
  random: Random;
}

/** Something that a fault will hit; nothing has happened yet. */
export interface Aim {
  target: string;
  strike(): void | Promise<void>;
  heal(): void | Promise<void>;
}

export type FaultMaker = (scene: Scene) => Aim | undefined | Promise<Aim | undefined>;

/** A node that no other fault has in hand, marked as taken; undefined when there is none. */
export function takeNode(scene: Scene, nodes: readonly ServerNode[]): ServerNode | undefined {
  const free = nodes.filter((node) => !node.busy && node.running);
  if (free.length === 0) return undefined;
  const node = scene.random.pick(free);
  node.busy = true;
  return node;
}

export function takeActor(
  scene: Scene,
  mayBe: (actor: Actor) => boolean = () => true,
): Actor | undefined {
  const free = scene.stage.actors.filter((actor) => !actor.busy && mayBe(actor));
  if (free.length === 0) return undefined;
  const actor = scene.random.pick(free);
  actor.busy = true;
  return actor;
}

/** Waits for something that others have in hand; false when that took too long. */
export async function patiently(isFree: () => boolean, waitMs: number): Promise<boolean> {
  const endMs = performance.now() + waitMs;
  while (!isFree()) {
    if (performance.now() > endMs) return false;
    await pause(10);
  }
  return true;
}
