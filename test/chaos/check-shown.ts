/** What clients make of the events that they applied, against the tables: message by message. */
import { OPERATIONS } from "./about.ts";
import { takesBack } from "./check-operations.ts";
import { type Evidence, type Findings, grouped } from "./evidence.ts";
import type { Applied, MessageRow } from "./record.ts";

interface Shown {
  text: string;
  recalled: boolean;
  version: number;
  /** Reaction → how many gave it. */
  reactions: Map<string, number>;
}

/**
 * Messages that a client shows otherwise than the tables, one finding for each client and message;
 * of what was said before it last joined, and where it is no member, it hears nothing any more.
 */
export function messagesShownWrong(evidence: Evidence): Findings {
  const findings: Findings = [];
  const { tables, messages, users } = evidence;
  const joined = new Map(
    tables.members.map((row) => [`${row.conversationId} ${row.user}`, row.joinedSeq]),
  );
  const counts = grouped(tables.reactionCounts, (row) => row.messageId);
  for (const [client, applied] of evidence.applied) {
    const user = users.get(client) ?? "";
    for (const [messageId, shown] of shownBy(applied)) {
      const row = messages.get(messageId);
      if (row === undefined) continue;
      const from = joined.get(`${row.conversationId} ${user}`) ?? Infinity;
      if (row.seq < from) continue;
      const given = (counts.get(messageId) ?? []).map((one) => `${one.reaction} ${one.count}`);
      const [here, there] = [shownText(shown), storedText(row, given)];
      if (here !== there) findings.push(`${client}: shows ${messageId} as ${here}, not ${there}`);
    }
  }
  return findings;
}

/** By the rules of the protocol, and not by the code of the SDK. */
function shownBy(applied: readonly Applied[]): Map<string, Shown> {
  const held = new Map<string, Shown>();
  for (const event of applied) {
    const { messageId, text = "", recalled = false, version = 0, about = [] } = event;
    if (messageId !== undefined && !held.has(messageId)) {
      held.set(messageId, { text, recalled, version, reactions: new Map() });
    }
    for (const id of about) {
      const message = held.get(id);
      if (message !== undefined && !message.recalled) change(message, event);
    }
  }
  return held;
}

function change(message: Shown, event: Applied): void {
  const { cmd, text = "", version = 0, reaction = "", count = 0 } = event;
  if (takesBack(event)) {
    Object.assign(message, { text: "", recalled: true, version: 0, reactions: new Map() });
  } else if (cmd === OPERATIONS.edit && version > message.version) {
    Object.assign(message, { text, version });
  } else if (cmd === OPERATIONS.reaction) {
    if (count > 0) message.reactions.set(reaction, count);
    else message.reactions.delete(reaction);
  }
}

function shownText({ text, recalled, version, reactions }: Shown): string {
  return described(
    text,
    recalled,
    version,
    [...reactions].map(([reaction, count]) => `${reaction} ${count}`),
  );
}

function storedText({ text, recalled, version }: MessageRow, given: string[]): string {
  return described(text, recalled, version, given);
}

function described(text: string, recalled: boolean, version: number, given: string[]): string {
  if (recalled) return `taken back${text === "" ? "" : ` "${text}"`}`;
  return [`"${text}" version ${version}`, ...given.sort()].join(" ");
}
