// Entry of a process without garbage collection (BUN_JSC_useGC=false): calls one case a million
// times and prints what the heap has gained. What was made can't have been collected again.
import { heapStats } from "bun:jsc";
import { KeyedHash } from "../../src/base/hash.ts";
import { GRANT } from "../../src/filter/grant.ts";
import { Grants } from "../../src/filter/grants.ts";
import { Rates } from "../../src/filter/rate.ts";
import { verdict } from "../../src/filter/verdict.ts";
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";

/** What a million calls have gained. */
export interface Gained {
  readonly calls: number;
  readonly heapBytes: number;
  readonly cells: number;
  readonly extraBytes: number;
  readonly rssBytes: number;
  /** So that no call can be left out, and for whoever reads along. */
  readonly sum: number;
  readonly nanosecondsPerCall: number;
}

type Case = (call: number) => number;

const CALLS = 1_000_000;
const WARM_UP_CALLS = 3 * CALLS;
const USERS = 1024;
const NOW_MS = 1000;

const WORD =
  CONVERSATION.single | GRANT.exists | GRANT.member | GRANT.friends | (3 << GRANT.strangerShift);

function cases(): Record<string, Case> {
  const grants = new Grants(1 << 14, 12_345);
  for (let user = 0; user < USERS; user++) grants.put(user, user, WORD, user, 1, NOW_MS);
  const rates = new Rates(USERS, 1000, 1000);
  for (let slot = 0; slot < USERS; slot++) rates.reset(slot, NOW_MS);
  const hash = new KeyedHash("0123456789abcdef");
  const localIds = Array.from({ length: 64 }, (_, n) => `local-id-${n}`);
  const check: Case = (call) => {
    const user = call & (USERS - 1);
    const slot = grants.find(user, user);
    if (slot < 0) return -1;
    const code = verdict(grants.word(slot), CMD.singleChat, false, false);
    return code + grants.conversation(slot) + (grants.mayRefuse(slot, NOW_MS) ? 1 : 0);
  };
  // Half a token for each call of a user: every other one is refused.
  let nowMs = NOW_MS;
  const take: Case = (call) => {
    nowMs += 0.5 / USERS;
    return rates.take(call & (USERS - 1), nowMs) ? 1 : 0;
  };
  const key: Case = (call) => hash.of(call, "im_web", localIds[call & 63] as string);
  const kept: unknown[] = new Array(64);
  return {
    verdict: (call) => verdict(WORD ^ (call & GRANT.friends), CMD.singleChat, false, false),
    grants: check,
    rate: take,
    hash: key,
    "whole check": (call) => take(call) + check(call) + key(call),
    // Controls: each must be found out, in its own way.
    "control: objects": (call) => {
      kept[call & 63] = { call };
      return 1;
    },
    "control: byte arrays": (call) => {
      kept[call & 63] = new Uint8Array(100);
      return 1;
    },
    "control: one object in a thousand": (call) => {
      if (call % 1000 === 0) kept[call & 63] = { call };
      return 1;
    },
  };
}

function run(one: Case, calls: number): number {
  let sum = 0;
  for (let call = 0; call < calls; call++) sum += one(call);
  return sum;
}

function look() {
  const stats = heapStats() as ReturnType<typeof heapStats> & { extraMemorySize: number };
  let cells = 0;
  for (const count of Object.values(stats.objectTypeCounts)) cells += count;
  return {
    heapBytes: stats.heapCapacity,
    cells,
    extraBytes: stats.extraMemorySize,
    rssBytes: process.memoryUsage.rss(),
  };
}

function measure(one: Case): Gained {
  run(one, WARM_UP_CALLS);
  // Looking makes objects too: how many is found by looking twice with nothing between.
  look();
  const first = look();
  const before = look();
  const startNs = Bun.nanoseconds();
  const sum = run(one, CALLS);
  const spentNs = Bun.nanoseconds() - startNs;
  const after = look();
  return {
    calls: CALLS,
    heapBytes: after.heapBytes - before.heapBytes - (before.heapBytes - first.heapBytes),
    cells: after.cells - before.cells - (before.cells - first.cells),
    extraBytes: after.extraBytes - before.extraBytes - (before.extraBytes - first.extraBytes),
    rssBytes: after.rssBytes - before.rssBytes,
    sum,
    nanosecondsPerCall: spentNs / CALLS,
  };
}

const name = process.argv[2] ?? "";
const chosen = cases()[name];
if (chosen === undefined) throw new Error(`no case is named ${name}`);
console.log(JSON.stringify(measure(chosen)));
