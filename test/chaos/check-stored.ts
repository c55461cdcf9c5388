/** Checks of what is stored: nothing lost, nothing twice, no hole, and each sender's order. */
import { CODE } from "../../src/wire/errors.ts";
import { toldTwice, unasked } from "./check-operations.ts";
import { type Evidence, type Findings, grouped } from "./evidence.ts";
import type { MessageRow } from "./record.ts";

/** An answer with 200 whose message is not in the tables as the answer said. */
export function lost(evidence: Evidence): Findings {
  const findings: Findings = [];
  const held = new Map<string, Set<string>>();
  for (const { user, messageId } of evidence.tables.inbox) {
    if (messageId === null) continue;
    const users = held.get(messageId) ?? new Set<string>();
    users.add(user);
    held.set(messageId, users);
  }
  for (const answer of evidence.answered) {
    const { client, localId, messageId = "" } = answer;
    const row = evidence.messages.get(messageId);
    const user = evidence.users.get(client);
    if (row === undefined) {
      findings.push(`${localId}: answered as ${messageId}, which is not stored`);
    } else if (row.conversationId !== answer.conversationId || row.seq !== answer.seq) {
      findings.push(`${localId}: answered as seq ${answer.seq}, stored as ${row.seq}`);
    } else if (row.sender !== user || row.localId !== localId) {
      findings.push(`${localId}: the row ${messageId} is another message`);
    } else if (row.conversationPts === null && held.get(messageId)?.has(user) !== true) {
      findings.push(`${localId}: not in the inbox of its sender`);
    } else {
      const saysOther = storedOtherwise(evidence, row);
      if (saysOther !== undefined) findings.push(`${localId}: stored is ${saysOther}`);
    }
  }
  return [...findings, ...undelivered(evidence, held)];
}

/** Content that is neither what was sent nor what it was edited to. */
function storedOtherwise(evidence: Evidence, row: MessageRow): string | undefined {
  const sent = evidence.sent.get(row.localId);
  return sent === undefined ? undefined : unasked(evidence, sent.text, row);
}

/** Messages of a conversation whose members never changed, that one of them doesn't have. */
function undelivered(evidence: Evidence, held: Map<string, Set<string>>): Findings {
  const { tables } = evidence;
  const changed = new Set(
    tables.events.filter(({ cmd }) => cmd === 42 || cmd === 43).map((e) => e.conversationId),
  );
  const members = grouped(tables.members, (row) => row.conversationId);
  const findings: Findings = [];
  for (const row of tables.messages) {
    if (row.conversationPts !== null || changed.has(row.conversationId)) continue;
    for (const { user } of members.get(row.conversationId) ?? []) {
      if (held.get(row.id)?.has(user) === true) continue;
      findings.push(`${row.localId}: not in the inbox of ${user}`);
    }
  }
  return findings;
}

/** A send that is stored twice, or that a client was handed twice; an operation told twice. */
export function duplicated(evidence: Evidence): Findings {
  const findings: Findings = [];
  for (const [key, rows] of grouped(evidence.tables.messages, (r) => `${r.sender} ${r.localId}`)) {
    if (rows.length > 1) findings.push(`${key}: stored ${rows.length} times`);
  }
  for (const record of evidence.records) {
    if (record.kind !== "answered" || record.code !== CODE.conflict) continue;
    findings.push(`${record.localId}: sent once, and answered as known with other content`);
  }
  for (const [client, applied] of evidence.applied) {
    const seen = new Set<string>();
    for (const { messageId } of applied) {
      if (messageId === undefined) continue;
      if (seen.has(messageId)) findings.push(`${client}: was handed ${messageId} twice`);
      seen.add(messageId);
    }
  }
  return [...findings, ...toldTwice(evidence)];
}

/** Two messages of one sender in one conversation, stored or handed over in another order. */
export function reordered(evidence: Evidence): Findings {
  const findings: Findings = [];
  const stored = new Map(evidence.tables.messages.map((row) => [row.localId, row]));
  const newest = new Map<string, number>();
  // Sends come in the order in which the application asked for them.
  for (const { client, lane, localId } of evidence.sent.values()) {
    const row = stored.get(localId);
    if (row === undefined) continue;
    const name = `${client} to ${lane}, conversation ${row.conversationId}`;
    if (row.seq <= (newest.get(name) ?? -1)) findings.push(`${name}: ${localId} overtook`);
    newest.set(name, row.seq);
  }
  for (const [client, applied] of evidence.applied) {
    const seqs = new Map<number, number>();
    for (const { conversationId, seq, messageId } of applied) {
      if (conversationId === undefined || seq === undefined) continue;
      if (seq < (seqs.get(conversationId) ?? -1)) {
        findings.push(`${client}: ${messageId} (seq ${seq}) after a newer one`);
      }
      seqs.set(conversationId, seq);
    }
  }
  return findings;
}

/** Each conversation's seqs are 0, 1, 2, … */
export function seqHoles(evidence: Evidence): Findings {
  const findings: Findings = [];
  for (const [conversationId, rows] of evidence.byConversation) {
    const seqs = rows.map((row) => row.seq).sort((a, b) => a - b);
    findings.push(...holes(seqs, 0, `conversation ${conversationId}`));
  }
  return findings;
}

/** Each user's pts, and each wide log's positions, are 1, 2, 3, …; also as clients applied them. */
export function ptsHoles(evidence: Evidence): Findings {
  const findings: Findings = [];
  for (const [user, inbox] of evidence.inboxes) {
    findings.push(
      ...holes(
        [...inbox.keys()].sort((a, b) => a - b),
        1,
        `inbox of ${user}`,
      ),
    );
  }
  const { messages, events } = evidence.tables;
  const wide = [...messages, ...events].filter((row) => row.conversationPts !== null);
  for (const [id, rows] of grouped(wide, (row) => row.conversationId)) {
    const positions = rows.map((row) => row.conversationPts ?? 0).sort((a, b) => a - b);
    findings.push(...holes(positions, 1, `log of ${id}`));
  }
  for (const [client, applied] of evidence.applied) findings.push(...steps(client, applied));
  return findings;
}

function holes(numbers: readonly number[], first: number, where: string): Findings {
  const findings: Findings = [];
  for (const [index, number] of numbers.entries()) {
    const before = index === 0 ? first - 1 : (numbers[index - 1] as number);
    if (number !== before + 1) findings.push(`${where}: ${number} after ${before}`);
  }
  return findings;
}

/** The own log goes up by one; a wide one too, from where it was followed. */
function steps(
  client: string,
  applied: Evidence["applied"] extends Map<string, infer A> ? A : never,
) {
  const findings: Findings = [];
  const have = new Map<string, number>([["own", 0]]);
  for (const { log, position, cmd, conversationId, followFrom, userIds } of applied) {
    const before = have.get(`${log}`);
    if (before !== undefined && position !== before + 1) {
      findings.push(`${client}, log ${log}: ${position} after ${before}`);
    }
    have.set(`${log}`, position);
    if (log !== "own" || conversationId === undefined) continue;
    if (followFrom !== undefined) {
      have.set(`${conversationId}`, Math.max(followFrom, have.get(`${conversationId}`) ?? 0));
    } else if (cmd === 43 && userIds !== undefined) {
      have.delete(`${conversationId}`);
    }
  }
  return findings;
}
