/** What a proof's output says of a mutant: the promises that it found broken. */
import { z } from "zod";
import { MUST_BE_ZERO } from "../chaos/ledger.ts";

const LEDGER = z.looseObject({ answered: z.number() });

/**
 * "lost 3, ptsHoles 1" by the ledger in the last line; undefined where there is none. That faults
 * met no work, or that little was pushed, is no broken promise: a slow machine does that too.
 */
export function proofOutcome(said: string): string[] | undefined {
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  let read: unknown;
  try {
    read = JSON.parse(last);
  } catch {
    return undefined;
  }
  const ledger = LEDGER.safeParse(read);
  if (!ledger.success) return undefined;
  return MUST_BE_ZERO.flatMap((name) => {
    const count = ledger.data[name];
    return typeof count === "number" && count > 0 ? [`${name} ${count}`] : [];
  });
}
