// The checker of `bun run prove`: each thing that must be 0 is planted once, and must be found.
import { describe, expect, test } from "bun:test";
import { arrange } from "../../chaos/evidence.ts";
import { judge, type Ledger, MUST_BE_ZERO } from "../../chaos/ledger.ts";
import type { Applied, MessageRow, Rec, Tables } from "../../chaos/record.ts";
import { PAIR, smallRun, WIDE } from "./small-run.ts";

const ZERO = [
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

type Plant = (records: Rec[], tables: Tables) => void;

/** The ledger after `plant` did its harm to a run in which all went well. */
function ledgerAfter(plant: Plant): Ledger {
  const { records, tables } = smallRun();
  plant(records, tables);
  return judge(arrange(records, tables)).ledger;
}

function row(tables: Tables, localId: string): MessageRow {
  const found = tables.messages.find((message) => message.localId === localId);
  if (found === undefined) throw new Error(`no ${localId}`);
  return found;
}

function appliedBy(records: Rec[], user: string, log: Applied["log"]): Applied[] {
  return records.filter(
    (record): record is Applied =>
      record.kind === "applied" && record.client === `${user}/im_web` && record.log === log,
  );
}

function remove<Item>(items: Item[], item: Item | undefined): void {
  if (item === undefined) throw new Error("nothing to remove");
  items.splice(items.indexOf(item), 1);
}

test("a run in which all went well has nothing that must be 0", () => {
  const ledger = ledgerAfter(() => {});
  expect(ZERO.map((name) => [name, ledger[name]])).toEqual(ZERO.map((name) => [name, 0]));
  expect(ledger.answered).toBe(6);
  expect(ledger.faults).toEqual({ workerKill: 1 });
  expect(ledger.recoveryMs).toEqual({ workerKill: { p50: 10, max: 10 } });
  expect(ledger.pushedShare).toBe(1);
});

test("the list of what must be 0 is this one", () => {
  expect([...MUST_BE_ZERO]).toEqual([...ZERO]);
});

describe("a loss is found", () => {
  test("an answered message that is not stored", () => {
    const ledger = ledgerAfter((_, tables) => remove(tables.messages, row(tables, "l4")));
    expect(ledger.lost).toBeGreaterThan(0);
  });

  test("an answered message that a member's inbox doesn't have", () => {
    const ledger = ledgerAfter((_, tables) => {
      remove(
        tables.inbox,
        tables.inbox.find((entry) => entry.user === "bob" && entry.messageId === "104"),
      );
    });
    expect(ledger.lost).toBe(1);
  });

  test("an answer with another seq than the stored one", () => {
    const ledger = ledgerAfter((records) => {
      for (const record of records) {
        if (record.kind === "answered" && record.localId === "l2") record.seq = 7;
      }
    });
    expect(ledger.lost).toBe(1);
  });

  test("a client that was not handed the last message", () => {
    const ledger = ledgerAfter((records) => {
      remove(records, appliedBy(records, "bob", "own").at(-1));
    });
    expect(ledger.divergedClients).toBe(1);
  });

  test("a client that was not handed the last message of a wide log", () => {
    const ledger = ledgerAfter((records) => {
      remove(records, appliedBy(records, "bob", WIDE).at(-1));
    });
    expect(ledger.divergedClients).toBe(1);
  });
});

describe("a repeat is found", () => {
  test("a send that is stored twice", () => {
    const ledger = ledgerAfter((_, tables) => {
      tables.messages.push({ ...row(tables, "l4"), id: "999", seq: 3 });
    });
    expect(ledger.duplicated).toBe(1);
  });

  test("a client that was handed a message twice", () => {
    const ledger = ledgerAfter((records) => {
      const [again] = appliedBy(records, "bob", WIDE).slice(-1);
      records.push({ ...(again as Applied), position: 5 });
    });
    expect(ledger.duplicated).toBe(1);
  });
});

describe("a swap is found", () => {
  test("two messages of a sender stored in the other order", () => {
    const ledger = ledgerAfter((_, tables) => {
      const [one, other] = [row(tables, "l2"), row(tables, "l4")];
      [one.seq, other.seq] = [other.seq, one.seq];
    });
    expect(ledger.reordered).toBeGreaterThan(0);
  });

  test("two messages handed over in the other order", () => {
    const ledger = ledgerAfter((records) => {
      const [one, other] = appliedBy(records, "bob", "own").slice(-2) as [Applied, Applied];
      const [at, to] = [records.indexOf(one), records.indexOf(other)];
      records[at] = other;
      records[to] = one;
    });
    expect(ledger.reordered).toBe(1);
    expect(ledger.ptsHoles).toBeGreaterThan(0);
  });

  test("two texts exchanged", () => {
    const ledger = ledgerAfter((records) => {
      const [one, other] = appliedBy(records, "bob", "own").slice(-2) as [Applied, Applied];
      [one.text, other.text] = [other.text ?? "", one.text ?? ""];
    });
    expect(ledger.divergedClients).toBe(1);
  });
});

describe("a hole is found", () => {
  test("in a conversation's seqs", () => {
    const ledger = ledgerAfter((_, tables) => {
      row(tables, "l4").seq = 3;
    });
    expect(ledger.seqHoles).toBe(1);
  });

  test("at the beginning of them", () => {
    const ledger = ledgerAfter((_, tables) => remove(tables.messages, row(tables, "l0")));
    expect(ledger.seqHoles).toBe(1);
  });

  test("in a user's pts", () => {
    const ledger = ledgerAfter((_, tables) => {
      for (const entry of tables.inbox) if (entry.user === "bob" && entry.pts > 2) entry.pts += 1;
    });
    expect(ledger.ptsHoles).toBe(1);
  });

  test("in a wide log", () => {
    const ledger = ledgerAfter((_, tables) => {
      row(tables, "l5").conversationPts = 9;
    });
    expect(ledger.ptsHoles).toBe(1);
  });

  test("in what a client was handed", () => {
    const ledger = ledgerAfter((records) => {
      remove(records, appliedBy(records, "bob", WIDE)[1]);
    });
    expect(ledger.ptsHoles).toBe(1);
  });
});

test("a push of what is not stored is found", () => {
  const ledger = ledgerAfter((records) => {
    const pushed = { way: "push", log: "own", position: 4, messageId: "777", seq: 2 } as const;
    const client = "bob/im_web";
    records.push({ kind: "received", atMs: 500, client, conversationId: PAIR, ...pushed });
  });
  expect(ledger.unstoredPushes).toBe(1);
});

test("a push under another pts than the inbox's is found", () => {
  const ledger = ledgerAfter((records) => {
    const pushed = { way: "push", log: "own", position: 2, messageId: "104", seq: 2 } as const;
    const client = "bob/im_web";
    records.push({ kind: "received", atMs: 500, client, conversationId: PAIR, ...pushed });
  });
  expect(ledger.unstoredPushes).toBe(1);
});

test("unread that the tables don't add up to is found, and a read that was forgotten", () => {
  const ledger = ledgerAfter((records) => {
    const client = "bob/im_web";
    records.push({ kind: "unread", client, conversationId: PAIR, unread: 2, readSeq: -1 });
    records.push({ kind: "read", atMs: 500, client, conversationId: WIDE, seq: 1 });
  });
  expect(ledger.unreadMismatches).toBe(2);
});

test("who is online and late, and what is left, is found", () => {
  const ledger = ledgerAfter((records) => {
    records.push({ kind: "end", client: "bob/im_web", online: true, complete: false });
    records.push({ kind: "left", what: "session", where: "presence of 7", count: 2 });
    records.push({ kind: "left", what: "entry", where: "the stream", count: 3 });
  });
  expect([ledger.lateOnline, ledger.orphanSessions, ledger.pendingEntries]).toEqual([1, 2, 3]);
});

test("a message seen after a kick is found, in the own log and in a wide one", () => {
  const kicked = (userIds: string[], conversationId: number) =>
    ({ kind: "applied", atMs: 600, cmd: 43, userIds, conversationId }) as const;
  const narrow = ledgerAfter((records) => {
    const [last] = appliedBy(records, "bob", "own").slice(-1) as [Applied];
    const at = records.indexOf(last);
    const client = "bob/im_web";
    records.splice(at, 0, { ...kicked(["bob"], PAIR), client, log: "own", position: 9 });
  });
  expect(narrow.seenAfterKick).toBe(1);
  const wide = ledgerAfter((records) => {
    const client = "ann/im_web";
    records.push({ ...kicked(["bob"], WIDE), client, log: WIDE, position: 2 });
  });
  expect(wide.seenAfterKick).toBe(2);
});

test("what the faults met is counted", () => {
  const ledger = ledgerAfter((records) => {
    const client = "bob/im_web";
    for (const record of records) {
      if (record.kind === "answered" && record.localId === "l3") record.duplicate = true;
      if (record.kind === "answered" && record.localId === "l4") record.duplicate = true;
    }
    records.push({ kind: "hint", atMs: 501, client, log: "own" });
    const page = { way: "page", log: "own", position: 4, messageId: "104", seq: 2 } as const;
    records.push({ kind: "received", atMs: 502, client, conversationId: PAIR, ...page });
    const counter = { kind: "counter", node: "worker1", incarnation: 1 } as const;
    records.push({ ...counter, name: "linnet_renumbered_total", value: 5 });
    records.push({ ...counter, name: "linnet_takeovers_total", value: 3 });
    records.push({ ...counter, name: "linnet_replayed_total", value: 1 });
  });
  expect(ledger.duplicatesAnswered).toBe(2);
  expect(ledger.replayed).toBe(1);
  expect(ledger.pulledAfterHint).toBe(1);
  expect(ledger.renumbered).toBe(5);
  expect(ledger.takeovers).toBe(2);
  expect(ledger.inFlightAtFault).toBe(1);
});

test("what is pulled in calm lowers the share of pushes", () => {
  const ledger = ledgerAfter((records) => {
    for (const record of records) {
      if (record.kind === "received" && record.messageId === "104" && record.way === "push") {
        record.way = "page";
      }
    }
  });
  expect(ledger.pushedShare).toBe(0.75);
});

test("a run that met no work is a violation, and so is a loss", () => {
  const { records, tables } = smallRun();
  remove(tables.messages, row(tables, "l4"));
  const { violations } = judge(arrange(records, tables));
  expect(violations.some((text) => text.startsWith("lost is"))).toBe(true);
  expect(violations.some((text) => text.startsWith("renumbered is 0"))).toBe(true);
});
