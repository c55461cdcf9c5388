/** Puts the store model in the place of the package `postgres`, for the world of the moment. */
import { plugin } from "bun";
import { storeSql } from "./store-client.ts";
import type { World } from "./world.ts";

export const current: { world: World | undefined } = { world: undefined };

/** Must run before anything that imports `postgres` is loaded. */
export function standIn(): void {
  plugin({
    name: "store model",
    setup(build) {
      build.module("postgres", () => ({ exports: { default: connect }, loader: "object" }));
    },
  });
}

function connect(_url: string, options: { max?: number } = {}) {
  const { world } = current;
  if (world === undefined) throw new Error("there is no world to connect to");
  return storeSql(world.store, world.scheduler.current, options.max ?? 1);
}
