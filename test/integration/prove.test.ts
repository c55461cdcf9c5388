// `bun run prove`, a short one: every promise holds while gateways, workers, Redis, Postgres die.
import { expect, test } from "bun:test";
import { resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dir, "..", "..");
const SECONDS = 20;
const PATIENT = 240_000;

test(
  "nothing is lost, repeated, reordered or left out while anything is killed",
  async () => {
    const command = ["test/chaos/main.ts", "--seconds", `${SECONDS}`, "--seed", "1", "--json"];
    const child = Bun.spawn([process.execPath, ...command], {
      cwd: CHECKOUT,
      env: { ...process.env, LINNET_AUDIT_SECONDS: "5" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, said, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    const ledger = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "{}") as { ok?: boolean };
    const tail = said.split("\n").slice(-60).join("\n");
    expect(ledger.ok === true && code === 0 ? "" : tail).toBe("");
  },
  PATIENT,
);
