/**
 * Puts the store model in the place of the package `postgres`, for the world of the moment; and
 * lets the SDK's codecs tell what they read, so that no frame is read twice.
 */
import { plugin } from "bun";
import { readFileSync } from "node:fs";
import { storeSql } from "./store-client.ts";
import type { World } from "./world.ts";

export const current: { world: World | undefined } = { world: undefined };

const HEARD_CODEC = `${import.meta.dir}/heard-codec.ts`;

/** Must run before anything that imports `postgres` is loaded. */
export function standIn(): void {
  plugin({
    name: "store model",
    setup(build) {
      build.module("postgres", () => ({ exports: { default: connect }, loader: "object" }));
      build.onLoad({ filter: /src\/sdk\/link\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        const contents = source.replace('"../wire/codec.ts"', JSON.stringify(HEARD_CODEC));
        if (contents === source) throw new Error("the SDK takes its codecs from elsewhere");
        return { contents, loader: "ts" };
      });
    },
  });
}

function connect(_url: string, options: { max?: number } = {}) {
  const { world } = current;
  if (world === undefined) throw new Error("there is no world to connect to");
  return storeSql(world.store, world.scheduler.current, options.max ?? 1);
}
