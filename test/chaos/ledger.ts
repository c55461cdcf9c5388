/** The ledger: what a run's evidence adds up to, and whether it may stand. Pure. */
import { CODE } from "../../src/wire/errors.ts";
import {
  divergedClients,
  seenAfterKick,
  unreadMismatches,
  unstoredPushes,
} from "./check-clients.ts";
import { OPERATIONS } from "./about.ts";
import { operationsUntold, operationsWithoutEffect } from "./check-operations.ts";
import { messagesShownWrong } from "./check-shown.ts";
import { duplicated, lost, ptsHoles, reordered, seqHoles } from "./check-stored.ts";
import { type Evidence, type Findings } from "./evidence.ts";
import type { Rec } from "./record.ts";
import { calmShare, recoveries, type Recovery } from "./pace-checks.ts";

/** The promises: what there may be none of, whatever befell. */
export const MUST_BE_ZERO = [
  "lost",
  "duplicated",
  "reordered",
  "seqHoles",
  "ptsHoles",
  "unstoredPushes",
  "divergedClients",
  "lateOnline",
  "unreadMismatches",
  "orphanSessions",
  "pendingEntries",
  "seenAfterKick",
  "operationsWithoutEffect",
  "operationsUntold",
  "messagesShownWrong",
] as const;

export interface Ledger {
  answered: number;
  lost: number;
  duplicated: number;
  reordered: number;
  seqHoles: number;
  ptsHoles: number;
  unstoredPushes: number;
  divergedClients: number;
  lateOnline: number;
  unreadMismatches: number;
  orphanSessions: number;
  pendingEntries: number;
  seenAfterKick: number;
  operationsWithoutEffect: number;
  operationsUntold: number;
  messagesShownWrong: number;
  /** Recalls, deletions, edits and reactions that were answered 200. */
  operations: Record<keyof typeof OPERATIONS, number>;
  operationsAnswered: number;
  faults: Record<string, number>;
  recoveryMs: Record<string, Recovery>;
  /** Null where nothing was sent in calm. */
  pushedShare: number | null;
  inFlightAtFault: number;
  renumbered: number;
  replayed: number;
  duplicatesAnswered: number;
  takeovers: number;
  pulledAfterHint: number;
}

export interface Judged {
  ledger: Ledger;
  /** By name of the ledger: what was found, one sentence each. */
  findings: Record<string, Findings>;
  /** What must not be as it is; empty when the promises held and the faults met work. */
  violations: string[];
}

const PUSHED_SHARE_LEAST = 0.95;
/** Of the faults, so many have to strike while sends are under way. */
const IN_FLIGHT_LEAST = 0.8;

const MUST_BE_ABOVE_ZERO = [
  "answered",
  "operationsAnswered",
  "inFlightAtFault",
  "renumbered",
  "replayed",
  "duplicatesAnswered",
  "takeovers",
  "pulledAfterHint",
] as const;

type Counter = (name: string) => number;

/** What of the above is still 0. */
export function unmet(records: readonly Rec[], counter: Counter): string[] {
  const met = workMet(records, counter);
  return Object.entries(met).flatMap(([name, count]) => (count > 0 ? [] : [name]));
}

/** Counts that show that the faults met work. */
function workMet(records: readonly Rec[], counter: Counter) {
  const answered = records.flatMap((record) =>
    record.kind === "answered" && record.code === CODE.ok ? [record] : [],
  );
  return {
    answered: answered.length,
    operationsAnswered: records.filter(
      (record) => record.kind === "operated" && record.code === CODE.ok,
    ).length,
    inFlightAtFault: faultsOf(records).filter((fault) => fault.inFlight > 0).length,
    renumbered: counter("linnet_renumbered_total"),
    replayed: counter("linnet_replayed_total"),
    duplicatesAnswered: answered.filter((answer) => answer.duplicate).length,
    // The first writer took nothing over.
    takeovers: Math.max(0, counter("linnet_takeovers_total") - 1),
    pulledAfterHint: pulledAfterHint(records),
  };
}

export function judge(evidence: Evidence): Judged {
  const findings: Record<(typeof MUST_BE_ZERO)[number], Findings> = {
    lost: lost(evidence),
    duplicated: duplicated(evidence),
    reordered: reordered(evidence),
    seqHoles: seqHoles(evidence),
    ptsHoles: ptsHoles(evidence),
    unstoredPushes: unstoredPushes(evidence),
    divergedClients: divergedClients(evidence),
    lateOnline: lateOnline(evidence),
    unreadMismatches: unreadMismatches(evidence),
    orphanSessions: left(evidence, "session"),
    pendingEntries: left(evidence, "entry"),
    seenAfterKick: seenAfterKick(evidence),
    operationsWithoutEffect: operationsWithoutEffect(evidence),
    operationsUntold: operationsUntold(evidence),
    messagesShownWrong: messagesShownWrong(evidence),
  };
  const count = (name: keyof typeof findings): number => findings[name].length;
  const { answered, ...met } = workMet(evidence.records, (name) => counted(evidence, name));
  const ledger: Ledger = {
    answered,
    lost: count("lost"),
    duplicated: count("duplicated"),
    reordered: count("reordered"),
    seqHoles: count("seqHoles"),
    ptsHoles: count("ptsHoles"),
    unstoredPushes: count("unstoredPushes"),
    divergedClients: count("divergedClients"),
    lateOnline: count("lateOnline"),
    unreadMismatches: count("unreadMismatches"),
    orphanSessions: count("orphanSessions"),
    pendingEntries: count("pendingEntries"),
    seenAfterKick: count("seenAfterKick"),
    operationsWithoutEffect: count("operationsWithoutEffect"),
    operationsUntold: count("operationsUntold"),
    messagesShownWrong: count("messagesShownWrong"),
    operations: operationsByKind(evidence),
    faults: faultsByKind(evidence),
    recoveryMs: recoveries(evidence),
    pushedShare: calmShare(evidence),
    ...met,
  };
  return { ledger, findings, violations: violationsOf(ledger, findings) };
}

function violationsOf(ledger: Ledger, findings: Record<string, Findings>): string[] {
  const violations: string[] = [];
  for (const [name, found] of Object.entries(findings)) {
    if (found.length > 0) violations.push(`${name} is ${found.length} and must be 0`);
  }
  for (const name of MUST_BE_ABOVE_ZERO) {
    if (ledger[name] <= 0) violations.push(`${name} is 0: the faults met no work of that kind`);
  }
  const faults = Object.values(ledger.faults).reduce((sum, count) => sum + count, 0);
  if (ledger.inFlightAtFault < faults * IN_FLIGHT_LEAST) {
    violations.push(`only ${ledger.inFlightAtFault} of ${faults} faults struck sends in flight`);
  }
  if (ledger.pushedShare === null || ledger.pushedShare < PUSHED_SHARE_LEAST) {
    violations.push(`pushedShare is ${ledger.pushedShare} and must be ${PUSHED_SHARE_LEAST}`);
  }
  return violations;
}

function faultsOf(records: readonly Rec[]) {
  return records.filter((record) => record.kind === "fault");
}

function faultsByKind(evidence: Evidence): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of faultsOf(evidence.records)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function operationsByKind({ operated }: Evidence): Ledger["operations"] {
  const count = (kind: number): number => operated.filter(({ cmd }) => cmd === kind).length;
  const { recall, edit, reaction } = OPERATIONS;
  return {
    recall: count(recall),
    delete: count(OPERATIONS.delete),
    edit: count(edit),
    reaction: count(reaction),
  };
}

/** Clients that were connected when the wait was over, and did not have everything. */
function lateOnline({ records }: Evidence): Findings {
  return records.flatMap((record) =>
    record.kind === "end" && record.online && !record.complete ? [record.client] : [],
  );
}

/** One finding for each that was left. */
function left({ records }: Evidence, what: "session" | "entry"): Findings {
  return records.flatMap((record) =>
    record.kind === "left" && record.what === what
      ? Array.from({ length: record.count }, () => record.where)
      : [],
  );
}

function counted({ records }: Evidence, name: string): number {
  let sum = 0;
  for (const record of records) {
    if (record.kind === "counter" && record.name === name) sum += record.value;
  }
  return sum;
}

/** Hints after which a client pulled something that it was not pushed. */
function pulledAfterHint(records: readonly Rec[]): number {
  const hinted = new Map<string, number>();
  let pulled = 0;
  for (const record of records) {
    if (record.kind === "hint") {
      const name = `${record.client} ${record.log}`;
      hinted.set(name, (hinted.get(name) ?? 0) + 1);
    } else if (record.kind === "received" && record.way === "page") {
      const name = `${record.client} ${record.log}`;
      if (hinted.delete(name)) pulled += 1;
    } else if (record.kind === "state" && record.state !== "synced") {
      for (const name of hinted.keys()) {
        if (name.startsWith(`${record.client} `)) hinted.delete(name);
      }
    }
  }
  return pulled;
}
