/** K8: a lost push is noticed, content keeps its bytes, and small pages miss nothing under load. */

import { run as runBytes } from "./k8-bytes.ts";
import { run as runPages } from "./k8-pages.ts";
import { run as runSilence } from "./k8-silence.ts";
import type { Target } from "./target.ts";

export async function run(target: Target): Promise<string[]> {
  return [...(await runBytes(target)), ...(await runPages(target)), ...(await runSilence(target))];
}
