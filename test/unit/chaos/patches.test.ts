// The planted faults fit the source as it is: one that doesn't apply would kill nothing.
import { expect, test } from "bun:test";
import { checkPatch, readMutations } from "../../mutations/main.ts";
import { proofOutcome } from "../../mutations/proof-outcome.ts";

const MUTATIONS = readMutations();

test("there are mutations", () => {
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(13);
});

for (const mutation of MUTATIONS) {
  test(`${mutation.name} applies`, () => {
    expect(checkPatch(mutation)).toBe("");
  });
}

test("a proof kills by what must be 0 alone, and not where it came to no end", () => {
  const ledger = { answered: 9, lost: 0, ptsHoles: 0, takeovers: 0, pushedShare: 0.5, ok: false };
  const said = (parts: object) => `seed 1\n${JSON.stringify({ ...ledger, ...parts })}\n`;
  expect(proofOutcome(said({ lost: 3, ptsHoles: 1 }))).toEqual(["lost 3", "ptsHoles 1"]);
  expect(proofOutcome(said({}))).toEqual([]);
  expect(proofOutcome("error: Postgres does not start\n")).toBeUndefined();
  expect(proofOutcome("")).toBeUndefined();
});
