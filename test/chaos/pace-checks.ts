/** How quickly service came back after each fault, and how much was pushed while all was calm. */
import { type Evidence, grouped } from "./evidence.ts";
import type { Rec } from "./record.ts";

/** Milliseconds; null where no client sent after the fault. */
export interface Recovery {
  p50: number | null;
  max: number | null;
}

/**
 * From when a fault struck until every client had the answer to something that it sent after
 * that; with the fault's own length, and that of others which overlap it.
 */
export function recoveries(evidence: Evidence): Record<string, Recovery> {
  const answeredAt = new Map<string, number>();
  for (const record of evidence.records) {
    if (record.kind === "answered") answeredAt.set(record.localId, record.atMs);
  }
  const sends = [...grouped(evidence.sent.values(), (sent) => sent.client).values()];
  const times = new Map<string, number[]>();
  for (const record of evidence.records) {
    if (record.kind !== "fault") continue;
    const recovered = recoveredAt(record.atMs, sends, answeredAt);
    const held = times.get(record.name) ?? [];
    if (recovered !== undefined) held.push(Math.round(recovered - record.atMs));
    times.set(record.name, held);
  }
  const recoveryMs: Record<string, Recovery> = {};
  for (const [name, held] of times) {
    held.sort((a, b) => a - b);
    recoveryMs[name] = { p50: held[held.length >> 1] ?? null, max: held.at(-1) ?? null };
  }
  return recoveryMs;
}

type Sent = Extract<Rec, { kind: "sent" }>;

function recoveredAt(
  struckMs: number,
  sends: readonly Sent[][],
  answeredAt: ReadonlyMap<string, number>,
): number | undefined {
  let last: number | undefined;
  for (const sent of sends) {
    let first: number | undefined;
    for (const { atMs, localId } of sent) {
      if (atMs < struckMs) continue;
      if (first !== undefined && atMs > first) break;
      const at = answeredAt.get(localId);
      if (at !== undefined && (first === undefined || at < first)) first = at;
    }
    if (first !== undefined && (last === undefined || first > last)) last = first;
  }
  return last;
}

/**
 * Of what was sent and answered within one calm, to clients that were then connected and had
 * caught up: the share that reached them as a push and not in a page that they asked for. The
 * sender's own copy doesn't count.
 */
export function calmShare(evidence: Evidence): number | null {
  const calms = evidence.records.filter((record) => record.kind === "calm");
  const sentAt = new Map<string, number>();
  for (const { localId, messageId, atMs } of evidence.answered) {
    const from = evidence.sent.get(localId)?.atMs;
    if (from === undefined || messageId === undefined) continue;
    if (!calms.some(({ fromMs, toMs }) => from >= fromMs && atMs < toMs)) continue;
    sentAt.set(messageId, from);
  }
  const steady = steadySpells(evidence.records);
  let pushed = 0;
  let pulled = 0;
  for (const [client, received] of evidence.received) {
    const seen = new Set<string>();
    for (const { messageId, way } of received) {
      if (messageId === undefined || seen.has(messageId)) continue;
      seen.add(messageId);
      const atMs = sentAt.get(messageId);
      if (way === "answer" || atMs === undefined) continue;
      if (!(steady.get(client) ?? []).some(([from, to]) => atMs >= from && atMs < to)) continue;
      if (way === "push") pushed += 1;
      else pulled += 1;
    }
  }
  return pushed + pulled === 0 ? null : Math.round((pushed / (pushed + pulled)) * 10_000) / 10_000;
}

/** Client → from when it had caught up until its connection ended. */
function steadySpells(records: readonly Rec[]): Map<string, [number, number][]> {
  const spells = new Map<string, [number, number][]>();
  for (const record of records) {
    if (record.kind !== "state") continue;
    const held = spells.get(record.client) ?? [];
    spells.set(record.client, held);
    const open = held.at(-1);
    if (record.state === "synced") held.push([record.atMs, Infinity]);
    else if (open !== undefined && open[1] === Infinity) open[1] = record.atMs;
  }
  return spells;
}
