// Entry of `bun run up`: everything that a machine with only npm lacks, then the server.
// Imports no package: on the first run there is none yet.
import { resolve } from "node:path";
import { installPackages } from "./packages.ts";

const checkout = resolve(import.meta.dir, "..", "..", "..");
if (!installPackages(checkout, { allowed: !process.argv.includes("--no-install") })) {
  process.exit(1);
}
const { runUp } = await import("./run.ts");
process.exit(await runUp(checkout, process.argv));
