// The checker of `bun run prove`, operations on messages: what is planted must be found, by name.
import { describe, expect, test } from "bun:test";
import { arrange } from "../../chaos/evidence.ts";
import { judge, type Ledger, MUST_BE_ZERO } from "../../chaos/ledger.ts";
import type { EventRow, MessageRow, Rec, Tables } from "../../chaos/record.ts";
import { appliedOf, operatedRun } from "./operated-run.ts";

type Plant = (records: Rec[], tables: Tables) => void;

function ledgerAfter(plant: Plant): Ledger {
  const { records, tables } = operatedRun();
  plant(records, tables);
  return judge(arrange(records, tables)).ledger;
}

/** What is not 0 and must be, after a fault was planted. */
function foundAfter(plant: Plant): string[] {
  const ledger = ledgerAfter(plant);
  return MUST_BE_ZERO.filter((name) => ledger[name] > 0);
}

function row(tables: Tables, id: string): MessageRow {
  return tables.messages.find((message) => message.id === id) as MessageRow;
}

function event(tables: Tables, localId: string): EventRow {
  return tables.events.find((one) => one.localId === localId) as EventRow;
}

test("operations that went well leave nothing that must be 0", () => {
  const ledger = ledgerAfter(() => {});
  expect(MUST_BE_ZERO.filter((name) => ledger[name] > 0)).toEqual([]);
  expect(ledger.operations).toEqual({ recall: 1, delete: 1, edit: 3, reaction: 4 });
  expect(ledger.operationsAnswered).toBe(9);
});

test("what nobody knew the outcome of may have happened or not", () => {
  const unknown = (records: Rec[]) => {
    for (const record of records) if (record.kind === "operated") record.code = 504;
  };
  expect(foundAfter(unknown)).toEqual([]);
  expect(ledgerAfter(unknown).operationsAnswered).toBe(0);
});

describe("an operation without effect is found", () => {
  test("a message that was recalled, and says what it said", () => {
    const found = foundAfter((_, tables) => {
      Object.assign(row(tables, "102"), { text: "text 2", emptied: false, recalled: false });
    });
    expect(found).toContain("operationsWithoutEffect");
  });

  test("an edit that the table does not have", () => {
    const found = foundAfter((_, tables) => {
      Object.assign(row(tables, "101"), { text: "text 1", version: 0 });
      tables.edits = tables.edits.filter(({ messageId }) => messageId !== "101");
    });
    expect(found).toContain("operationsWithoutEffect");
  });

  test("an edit that was asked for later, and is the earlier version", () => {
    const found = foundAfter((_, tables) => {
      row(tables, "100").text = "text 0, better";
      for (const edit of tables.edits) {
        if (edit.messageId === "100" && edit.version === 1) edit.text = "text 0, best";
      }
    });
    expect(found).toContain("operationsWithoutEffect");
  });

  test("a reaction that was taken away and is there, one that is not counted", () => {
    const back = ledgerAfter((_, tables) => {
      tables.reactions.push({ messageId: "104", user: "ann", reaction: "+" });
    });
    // It is there, and the count is not that of the reactions.
    expect(back.operationsWithoutEffect).toBe(2);
    const uncounted = foundAfter((_, tables) => {
      tables.reactionCounts = tables.reactionCounts.filter(({ messageId }) => messageId !== "105");
    });
    expect(uncounted).toEqual(["operationsWithoutEffect", "messagesShownWrong"]);
  });

  test("what is left of a message that was taken back", () => {
    const found = foundAfter((_, tables) => {
      tables.edits.push({ messageId: "102", version: 0, text: "text 2" });
    });
    expect(found).toEqual(["operationsWithoutEffect"]);
  });
});

describe("an operation that is not told is found", () => {
  test("an edit without its event, in a log of users and in a wide one", () => {
    for (const localId of ["o1", "o6"]) {
      const ledger = ledgerAfter((records, tables) => {
        const { id } = event(tables, localId);
        tables.events = tables.events.filter((one) => one.id !== id);
        tables.inbox = tables.inbox.filter(({ eventId }) => eventId !== id);
        for (const user of ["ann", "bob"]) {
          records.splice(records.indexOf(appliedOf(records, user, localId)), 1);
        }
      });
      expect(ledger.operationsUntold).toBe(1);
      expect(ledger.messagesShownWrong).toBe(2);
      expect(ledger.operationsWithoutEffect).toBe(0);
    }
  });

  test("an event that one member's log lacks", () => {
    const ledger = ledgerAfter((_, tables) => {
      const { id } = event(tables, "o3");
      const kept = tables.inbox.filter((entry) => entry.eventId !== id || entry.user !== "ann");
      tables.inbox = kept;
    });
    expect(ledger.operationsUntold).toBe(1);
  });

  test("but not a second recall, of which there is nothing to tell", () => {
    const found = foundAfter((records) => {
      const again = { atMs: 400, client: "ann/im_web", localId: "o9" };
      const what = { cmd: 11, conversationId: 10, messageId: "102" };
      records.push({ kind: "operation", ...again, ...what });
      records.push({ kind: "operated", ...again, code: 200 });
    });
    expect(found).toEqual([]);
  });

  test("one that is told twice", () => {
    const found = foundAfter((_, tables) => {
      const again = { ...event(tables, "o6"), id: "799" };
      tables.events.push({ ...again, conversationPts: (again.conversationPts ?? 0) + 9 });
    });
    expect(found).toContain("duplicated");
  });
});

test("a send that is not known again, since it was edited, is found", () => {
  const found = foundAfter((records) => {
    const answer = { atMs: 400, client: "ann/im_web", localId: "l0", duplicate: false };
    records.push({ kind: "answered", ...answer, code: 409 });
  });
  expect(found).toEqual(["duplicated"]);
});

describe("a client that shows something else is found", () => {
  test("a text, a version, a count, a message that was taken back", () => {
    const plants: [string, Plant][] = [
      ["o1", (records) => Object.assign(appliedOf(records, "bob", "o1"), { text: "x" })],
      ["o6", (records) => Object.assign(appliedOf(records, "bob", "o6"), { version: 0 })],
      ["o8", (records) => Object.assign(appliedOf(records, "bob", "o8"), { count: 7 })],
      ["o2", (records) => Object.assign(appliedOf(records, "bob", "o2"), { about: ["104"] })],
    ];
    for (const [name, plant] of plants) {
      expect([name, foundAfter(plant)]).toEqual([name, ["messagesShownWrong"]]);
    }
  });

  test("but what came in a page, already edited or taken back, shows what the tables have", () => {
    const found = foundAfter((records) => {
      for (const record of records) {
        if (record.kind !== "applied" || record.client !== "bob/im_web") continue;
        const { messageId } = record;
        if (messageId === "100") Object.assign(record, { text: "text 0, best", version: 2 });
        if (messageId !== "102") continue;
        record.recalled = true;
        delete record.text;
      }
    });
    expect(found).toEqual([]);
  });

  test("not to what it was edited, and taken back though nobody asked", () => {
    const edited = foundAfter((records, tables) => {
      row(tables, "101").text = "of somebody else";
      for (const user of ["ann", "bob"]) {
        appliedOf(records, user, "o6").text = "of somebody else";
      }
    });
    expect(edited).toEqual(["lost", "operationsWithoutEffect"]);
    const gone = foundAfter((_, tables) => {
      Object.assign(row(tables, "104"), { text: "", emptied: true, recalled: true });
    });
    expect(gone).toContain("lost");
  });

  test("what was done to a message, told to one who had been kicked", () => {
    const found = foundAfter((records) => {
      const at = records.indexOf(appliedOf(records, "bob", "o3"));
      const kicked = { cmd: 43, userIds: ["bob"], conversationId: 10 };
      const place = { client: "bob/im_web", log: "own", position: 99 } as const;
      records.splice(at, 0, { kind: "applied", atMs: 300, ...kicked, ...place });
    });
    expect(found).toContain("seenAfterKick");
  });
});
