/** Checks of what was done to messages: it stands in the tables, and in the logs of its members. */
import { OPERATIONS } from "./about.ts";
import { type Evidence, type Findings, grouped, type Operated } from "./evidence.ts";
import type { EventRow, MessageRow, OperationAsked } from "./record.ts";

export function takesBack({ cmd }: { cmd: number }): boolean {
  return cmd === OPERATIONS.recall || cmd === OPERATIONS.delete;
}

/**
 * Why a message that was sent as `sent` may not say this; undefined where what was asked to be done
 * to it explains it.
 */
export function unasked(
  evidence: Evidence,
  sent: string,
  { id, text, recalled, version }: Pick<MessageRow, "id" | "text" | "recalled" | "version">,
): string | undefined {
  const asked = evidence.operations.get(id) ?? [];
  if (recalled) {
    if (!asked.some(takesBack)) return `${id} is taken back, which nobody asked for`;
    return text === "" ? undefined : `${id} is taken back and says "${text}"`;
  }
  if (version === 0) return text === sent ? undefined : `"${text}" in place of "${sent}"`;
  const edited = asked.some((one) => one.cmd === OPERATIONS.edit && one.text === text);
  return edited ? undefined : `"${text}", to which nobody edited "${sent}"`;
}

/** Operations answered 200 that the tables don't show, and what contradicts them there. */
export function operationsWithoutEffect(evidence: Evidence): Findings {
  const findings: Findings = [];
  const versions = versionsOf(evidence);
  const answered = new Set(evidence.operated.map(({ localId }) => localId));
  const given = new Set(
    evidence.tables.reactions.map((row) => `${row.messageId} ${row.user} ${row.reaction}`),
  );
  for (const [messageId, operated] of grouped(evidence.operated, (one) => one.messageId)) {
    const row = evidence.messages.get(messageId);
    for (const one of operated.filter(takesBack)) {
      if (row?.recalled === true && row.emptied) continue;
      findings.push(`${one.localId}: ${messageId} is not taken back`);
    }
    if (row === undefined || row.recalled) continue;
    const edits = operated.filter(({ cmd }) => cmd === OPERATIONS.edit);
    findings.push(...editsWithoutEffect(edits, versions.get(messageId) ?? []));
    findings.push(...reactionsWithoutEffect(evidence, messageId, answered, given));
  }
  return [...findings, ...leftovers(evidence), ...miscounted(evidence)];
}

/** Message → what it said, version by version. */
function versionsOf({ tables }: Evidence): Map<string, string[]> {
  const versions = new Map<string, string[]>();
  for (const { messageId, version, text } of tables.edits) {
    const held = versions.get(messageId) ?? [];
    held[version] = text;
    versions.set(messageId, held);
  }
  for (const { id, version, text } of tables.messages) {
    if (version === 0) continue;
    const held = versions.get(id) ?? [];
    held[version] = text;
    versions.set(id, held);
  }
  return versions;
}

/** Each is one of the versions; one that was asked after another's answer is a later version. */
function editsWithoutEffect(edits: readonly Operated[], versions: readonly string[]): Findings {
  const findings: Findings = [];
  for (const { localId, text, messageId, askedAt } of edits) {
    const version = versions.indexOf(text ?? "");
    if (version < 1) findings.push(`${localId}: ${messageId} never said "${text}"`);
    const before = edits.filter(({ answeredAt }) => answeredAt < askedAt);
    for (const earlier of version < 1 ? [] : before) {
      if (versions.indexOf(earlier.text ?? "") < version) continue;
      findings.push(`${localId}: ${earlier.localId} came before it, and is a later version`);
    }
  }
  return findings;
}

/** A reaction is of one device, which gives it once and takes it away once. */
function reactionsWithoutEffect(
  evidence: Evidence,
  messageId: string,
  answered: ReadonlySet<string>,
  given: ReadonlySet<string>,
): Findings {
  const findings: Findings = [];
  const reactions = (evidence.operations.get(messageId) ?? []).filter(
    ({ cmd }) => cmd === OPERATIONS.reaction,
  );
  for (const [, ofOne] of grouped(reactions, (one) => `${one.client} ${one.reaction}`)) {
    const last = ofOne.at(-1) as OperationAsked;
    if (!answered.has(last.localId)) continue;
    const user = evidence.users.get(last.client);
    if (given.has(`${messageId} ${user} ${last.reaction}`) === (last.remove !== true)) continue;
    const what = last.remove === true ? "still there" : "not there";
    findings.push(`${last.localId}: ${last.reaction} of ${user} to ${messageId} is ${what}`);
  }
  return findings;
}

/** What a message that was taken back must not leave behind. */
function leftovers({ tables, messages }: Evidence): Findings {
  const left = [...tables.edits, ...tables.reactions, ...tables.reactionCounts];
  return left.flatMap(({ messageId }) =>
    messages.get(messageId)?.recalled === true
      ? [`something is left of ${messageId}, which was taken back`]
      : [],
  );
}

/** Counts that are not those of the reactions. */
function miscounted({ tables }: Evidence): Findings {
  const findings: Findings = [];
  const rows = grouped(tables.reactions, (row) => `${row.messageId} ${row.reaction}`);
  const counts = grouped(tables.reactionCounts, (row) => `${row.messageId} ${row.reaction}`);
  for (const name of new Set([...rows.keys(), ...counts.keys()])) {
    const given = rows.get(name)?.length ?? 0;
    const counted = counts.get(name)?.[0]?.count ?? 0;
    if (counted !== given) findings.push(`${name}: counted as ${counted}, given by ${given}`);
  }
  return findings;
}

/** Operations answered 200 without an event, and events that a log of a member lacks. */
export function operationsUntold(evidence: Evidence): Findings {
  const findings: Findings = [];
  const events = operationEvents(evidence);
  const told = grouped(events, (event) => `${event.actor} ${event.localId}`);
  const takenBack = new Set(events.filter(takesBack).flatMap(({ about }) => about));
  for (const one of evidence.operated) {
    const [event] = told.get(`${evidence.users.get(one.client)} ${one.localId}`) ?? [];
    // Taken back already: nothing more is told of it.
    if (event === undefined && takesBack(one) && takenBack.has(one.messageId)) continue;
    if (event?.cmd === one.cmd && event.about.includes(one.messageId)) continue;
    findings.push(`${one.localId}: no event tells of it (command ${one.cmd})`);
  }
  return [...findings, ...missingFromLogs(evidence, events)];
}

/** In narrow conversations, whoever has been a member since the message must have the event. */
function missingFromLogs(evidence: Evidence, events: readonly EventRow[]): Findings {
  const findings: Findings = [];
  const holders = grouped(evidence.tables.inbox, (row) => row.eventId);
  const members = grouped(evidence.tables.members, (row) => row.conversationId);
  for (const { id, cmd, conversationId, conversationPts, about } of events) {
    if (conversationPts !== null) continue;
    const held = new Set((holders.get(id) ?? []).map(({ user }) => user));
    const seq = Math.max(...about.map((one) => evidence.messages.get(one)?.seq ?? -1));
    for (const { user, joinedSeq } of members.get(conversationId) ?? []) {
      if (joinedSeq > seq || held.has(user)) continue;
      findings.push(`the event ${id} (command ${cmd}) is not in the log of ${user}`);
    }
  }
  return findings;
}

function operationEvents({ tables }: Evidence): EventRow[] {
  return tables.events.filter(({ about }) => about.length > 0);
}

/** Operations that are told of by more than one event. */
export function toldTwice(evidence: Evidence): Findings {
  const told = grouped(operationEvents(evidence), (event) => `${event.actor} ${event.localId}`);
  return [...told].flatMap(([key, events]) =>
    events.length > 1 ? [`${key}: told of ${events.length} times`] : [],
  );
}
