/** Checks of what clients hold: only what is stored, all of it, and nothing after a kick. */
import { unasked } from "./check-operations.ts";
import { type Evidence, type Findings, grouped } from "./evidence.ts";
import type { Applied, LogName } from "./record.ts";

/** Something that a client received and that the tables don't have at that place. */
export function unstoredPushes(evidence: Evidence): Findings {
  const findings: Findings = [];
  for (const [client, received] of evidence.received) {
    const inbox = evidence.inboxes.get(evidence.users.get(client) ?? "");
    for (const { log, position, messageId, conversationId, seq, way } of received) {
      const what = `${client}: ${way} of ${messageId ?? "an event"} at ${log} ${position}`;
      const held = log === "own" ? inbox?.get(position) : undefined;
      if (log === "own" && held === undefined) findings.push(`${what}, where nothing is`);
      if (messageId === undefined) continue;
      const row = evidence.messages.get(messageId);
      if (row === undefined) findings.push(`${what} is not stored`);
      else if (row.conversationId !== conversationId || row.seq !== seq) {
        findings.push(`${what} says seq ${seq}, stored is ${row.seq}`);
      } else if (log === "own" && held !== messageId) findings.push(`${what}, stored is ${held}`);
      else if (log !== "own" && row.conversationPts !== position) {
        findings.push(`${what}, stored at ${row.conversationPts}`);
      }
    }
  }
  return findings;
}

/** Clients whose logs, when all was over, were not those of the server: one finding each. */
export function divergedClients(evidence: Evidence): Findings {
  const findings: Findings = [];
  const wide = wideLogs(evidence);
  const memberships = new Set(evidence.tables.members.map((m) => `${m.conversationId} ${m.user}`));
  for (const [client, applied] of evidence.applied) {
    const user = evidence.users.get(client) ?? "";
    const difference =
      ownDifference(evidence, user, applied) ??
      textDifference(evidence, applied) ??
      wideDifference(wide, memberships, user, applied);
    if (difference !== undefined) findings.push(`${client}: ${difference}`);
  }
  return findings;
}

function ownDifference(
  evidence: Evidence,
  user: string,
  applied: readonly Applied[],
): string | undefined {
  const inbox = evidence.inboxes.get(user) ?? new Map<number, string>();
  const own = applied.filter(({ log }) => log === "own");
  if (own.length !== inbox.size) return `holds ${own.length} of ${inbox.size} of its own log`;
  for (const { position, messageId } of own) {
    const held = inbox.get(position);
    if (held === undefined) return `holds ${position}, which is not in the inbox`;
    if (messageId !== undefined && held !== messageId) {
      return `holds ${messageId} at ${position}, the inbox ${held}`;
    }
  }
  return undefined;
}

/** Text that is neither what was sent under that localId nor what it was edited to. */
function textDifference(evidence: Evidence, applied: readonly Applied[]): string | undefined {
  for (const event of applied) {
    const { localId, text = "", messageId, from, recalled = false, version = 0 } = event;
    if (messageId === undefined || localId === undefined) continue;
    const sent = evidence.sent.get(localId);
    if (sent === undefined) return `holds ${messageId}, which nobody sent`;
    const other = unasked(evidence, sent.text, { id: messageId, text, recalled, version });
    if (other !== undefined) return `holds ${other}`;
    if (evidence.users.get(sent.client) !== from) return `${messageId} is said to be of ${from}`;
  }
  return undefined;
}

/** Conversation → position → message id, "" for other events. */
function wideLogs(evidence: Evidence): Map<number, Map<number, string>> {
  const logs = new Map<number, Map<number, string>>();
  const { messages, events, conversations } = evidence.tables;
  for (const { id, wide } of conversations) if (wide) logs.set(id, new Map());
  for (const { conversationId, conversationPts, id } of messages) {
    if (conversationPts !== null) logs.get(conversationId)?.set(conversationPts, id);
  }
  for (const { conversationId, conversationPts } of events) {
    if (conversationPts !== null) logs.get(conversationId)?.set(conversationPts, "");
  }
  return logs;
}

function wideDifference(
  logs: Map<number, Map<number, string>>,
  memberships: ReadonlySet<string>,
  user: string,
  applied: readonly Applied[],
): string | undefined {
  const held = grouped(applied, (event) => event.log);
  for (const [id, log] of logs) {
    const events = held.get(id) ?? [];
    for (const { position, messageId } of events) {
      const stored = log.get(position);
      if (stored === undefined) return `holds ${position} of ${id}, which is not stored`;
      if (stored !== (messageId ?? "")) return `holds ${messageId} at ${id} ${position}`;
    }
    if (!memberships.has(`${id} ${user}`)) continue;
    const newest = Math.max(0, ...log.keys());
    const have = Math.max(followedFrom(applied, id), events.at(-1)?.position ?? 0);
    if (have < newest) return `has ${have} of ${newest} of the log of ${id}`;
  }
  return undefined;
}

function followedFrom(applied: readonly Applied[], id: LogName): number {
  let from = 0;
  for (const { conversationId, followFrom } of applied) {
    if (conversationId === id && followFrom !== undefined) from = followFrom;
  }
  return from;
}

/** Messages, and operations on them, that a member was handed after it was kicked. */
export function seenAfterKick(evidence: Evidence): Findings {
  const findings: Findings = [];
  const kicks = wideKicks(evidence);
  for (const [client, applied] of evidence.applied) {
    const user = evidence.users.get(client) ?? "";
    const out = new Set<number>();
    for (const event of applied) {
      const { conversationId, cmd, log, userIds, followFrom } = event;
      if (conversationId === undefined) continue;
      if (log === "own" && cmd === 43 && userIds?.includes(user)) out.add(conversationId);
      else if (log === "own" && cmd === 42 && userIds?.includes(user)) out.delete(conversationId);
      else if (followFrom !== undefined) out.delete(conversationId);
      else if (isOfMessage(event) && out.has(conversationId)) {
        findings.push(`${client}: ${told(event)} of ${conversationId}, which it had left`);
      }
    }
    findings.push(...widePeeks(client, user, applied, kicks));
  }
  return findings;
}

/** Whether it is a message, or what was done to one. */
function isOfMessage({ messageId, about }: Applied): boolean {
  return messageId !== undefined || about !== undefined;
}

function told({ messageId, about = [], cmd }: Applied): string {
  return messageId ?? `command ${cmd} about ${about.join()}`;
}

interface WideKick {
  conversationId: number;
  position: number;
  userIds: readonly string[];
}

/** As somebody who was still in there saw them in the conversation's log. */
function wideKicks(evidence: Evidence): WideKick[] {
  const kicks = new Map<string, WideKick>();
  for (const applied of evidence.applied.values()) {
    for (const { log, cmd, position, userIds } of applied) {
      if (log === "own" || cmd !== 43 || userIds === undefined) continue;
      kicks.set(`${log} ${position}`, { conversationId: log, position, userIds });
    }
  }
  return [...kicks.values()];
}

/** What lies between the kick and where the log was followed again was not for this user. */
function widePeeks(
  client: string,
  user: string,
  applied: readonly Applied[],
  kicks: readonly WideKick[],
): Findings {
  const findings: Findings = [];
  for (const { conversationId, position, userIds } of kicks) {
    if (!userIds.includes(user)) continue;
    const again = applied
      .filter((event) => event.conversationId === conversationId)
      .flatMap((event) => event.followFrom ?? [])
      .filter((from) => from >= position);
    const until = again.length === 0 ? Infinity : Math.min(...again);
    for (const event of applied) {
      if (event.log !== conversationId || !isOfMessage(event)) continue;
      if (event.position <= position || event.position > until) continue;
      findings.push(`${client}: ${told(event)} of ${conversationId} after its kick`);
    }
  }
  return findings;
}

/** Lists whose unread is not what the tables add up to, and reads that were forgotten. */
export function unreadMismatches(evidence: Evidence): Findings {
  const findings: Findings = [];
  const members = new Map(
    evidence.tables.members.map((row) => [`${row.conversationId} ${row.user}`, row]),
  );
  const readSince = lastJoins(evidence);
  for (const record of evidence.records) {
    if (record.kind !== "unread" && record.kind !== "read") continue;
    const user = evidence.users.get(record.client) ?? "";
    const { conversationId, client } = record;
    const member = members.get(`${conversationId} ${user}`);
    if (member === undefined) {
      if (record.kind === "unread")
        findings.push(`${client}: lists ${conversationId}, is not in it`);
      continue;
    }
    if (record.kind === "read") {
      if (readSince.has(`${conversationId} ${user}`) || record.seq <= member.readSeq) continue;
      findings.push(`${client}: read ${record.seq} of ${conversationId}, kept ${member.readSeq}`);
      continue;
    }
    const from = Math.max(member.readSeq + 1, member.joinedSeq);
    const rows = evidence.byConversation.get(conversationId) ?? [];
    const counted = rows.filter((row) => row.seq >= from && row.sender !== user && !row.recalled);
    const unread = counted.length;
    if (unread !== record.unread || member.readSeq !== record.readSeq) {
      findings.push(`${client}: ${conversationId} lists ${record.unread} unread of ${unread}`);
    }
  }
  return findings;
}

/** Who was kicked: its cursor began anew, so earlier reads say nothing. */
function lastJoins(evidence: Evidence): Set<string> {
  const joins = new Set<string>();
  for (const [client, applied] of evidence.applied) {
    const user = evidence.users.get(client) ?? "";
    for (const { cmd, conversationId, userIds } of applied) {
      if (cmd === 43 && userIds?.includes(user)) joins.add(`${conversationId} ${user}`);
    }
  }
  return joins;
}
