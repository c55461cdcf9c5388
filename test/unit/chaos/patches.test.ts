// The planted faults fit the source as it is: one that doesn't apply would kill nothing.
import { expect, test } from "bun:test";
import { checkPatch, readMutations } from "../../mutations/main.ts";

const MUTATIONS = readMutations();

test("there are mutations", () => {
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(13);
});

for (const mutation of MUTATIONS) {
  test(`${mutation.name} applies`, () => {
    expect(checkPatch(mutation)).toBe("");
  });
}
