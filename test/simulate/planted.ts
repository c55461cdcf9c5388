/** Bugs that are planted to be found. */
import type { World } from "./world.ts";

export interface Plant {
  name: string;
  about: string;
  plant: (world: World) => () => void;
}

export const PLANTS: readonly Plant[] = [];
