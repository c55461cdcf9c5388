// A run in which all went well, written by hand: two users, a pair of them and a wide group.
import type { Rec, Tables } from "../../chaos/record.ts";

export const PAIR = 10;
export const WIDE = 20;
const MESSAGES = 6;

/** Fresh records and tables, for a test to plant a fault in. */
export function smallRun(): { records: Rec[]; tables: Tables } {
  const tables: Tables = {
    messages: [],
    inbox: [],
    events: [
      {
        id: "900",
        conversationId: WIDE,
        conversationPts: 1,
        cmd: 41,
        actor: "ann",
        localId: "made",
        about: [],
      },
    ],
    members: [],
    conversations: [
      { id: PAIR, type: 1, wide: false },
      { id: WIDE, type: 5, wide: true },
    ],
    edits: [],
    reactions: [],
    reactionCounts: [],
  };
  const records: Rec[] = [];
  const clients = ["ann", "bob"];
  for (const user of clients) {
    const client = `${user}/im_web`;
    records.push({ kind: "client", client, user, device: "im_web", framing: "json" });
    for (const conversationId of [PAIR, WIDE]) {
      tables.members.push({ conversationId, user, readSeq: -1, joinedSeq: 0 });
    }
    for (const state of ["online", "synced"]) {
      records.push({ kind: "state", atMs: 0, client, state });
    }
    follow(records, tables, client, user);
  }
  for (let n = 0; n < MESSAGES; n++) send(records, tables, clients, n);
  finish(records, clients);
  return { records, tables };
}

function follow(records: Rec[], tables: Tables, client: string, user: string): void {
  tables.inbox.push({ user, pts: 1, messageId: null, eventId: `8${user.length}` });
  const event = { client, log: "own", position: 1, conversationId: WIDE } as const;
  records.push({ kind: "received", atMs: 1, way: "push", ...event });
  records.push({ kind: "applied", atMs: 1, cmd: 33, followFrom: 0, ...event });
  const made = { client, log: WIDE, position: 1, conversationId: WIDE } as const;
  records.push({ kind: "applied", atMs: 1, cmd: 41, ...made });
}

/** Ann writes, to the pair and to the wide group by turns. */
function send(records: Rec[], tables: Tables, users: string[], n: number): void {
  const atMs = 100 + n * 10;
  const wide = n % 2 === 1;
  const conversationId = wide ? WIDE : PAIR;
  const localId = `l${n}`;
  const seq = n >> 1;
  const messageId = `${100 + n}`;
  const text = `text ${n}`;
  const client = "ann/im_web";
  const conversationPts = wide ? seq + 2 : null;
  const pts = seq + 2;
  records.push({ kind: "sent", atMs, client, localId, lane: `${conversationId}`, text });
  records.push({ kind: "transmitted", atMs, client, localId });
  tables.messages.push({
    id: messageId,
    conversationId,
    seq,
    sender: "ann",
    conversationPts,
    localId,
    text,
    emptied: false,
    recalled: false,
    version: 0,
  });
  const numbers = { messageId, conversationId, seq };
  records.push({
    kind: "answered",
    atMs: atMs + 5,
    client,
    localId,
    code: 200,
    duplicate: false,
    ...numbers,
  });
  for (const user of users) {
    if (!wide) tables.inbox.push({ user, pts, messageId, eventId: null });
    const log = wide ? WIDE : "own";
    const place = { client: `${user}/im_web`, log, position: pts, ...numbers } as const;
    const way = user === "ann" ? "answer" : "push";
    records.push({ kind: "received", atMs: atMs + 6, way, ...place });
    const said = { from: "ann", localId, text, cmd: wide ? 2 : 1 };
    records.push({ kind: "applied", atMs: atMs + 6, ...said, ...place });
  }
}

function finish(records: Rec[], users: readonly string[]): void {
  records.push({
    kind: "fault",
    atMs: 115,
    endMs: 118,
    name: "workerKill",
    target: "w",
    inFlight: 2,
  });
  records.push({ kind: "calm", fromMs: 119, toMs: 1000 });
  for (const user of users) {
    const client = `${user}/im_web`;
    records.push({ kind: "end", client, online: true, complete: true });
    for (const conversationId of [PAIR, WIDE]) {
      const unread = user === "ann" ? 0 : MESSAGES / 2;
      records.push({ kind: "unread", client, conversationId, unread, readSeq: -1 });
    }
  }
}
