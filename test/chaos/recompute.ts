/** Recomputes the ledger from what a run with `--out` wrote: `bun test/chaos/recompute.ts DIR`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arrange } from "./evidence.ts";
import { judge } from "./ledger.ts";
import type { Rec, Tables } from "./record.ts";

const folder = process.argv[2] ?? ".";
const records = lines("records.ndjson") as Rec[];
const tables: Tables = {
  messages: [],
  inbox: [],
  events: [],
  members: [],
  conversations: [],
  edits: [],
  reactions: [],
  reactionCounts: [],
};
for (const { table, ...row } of lines("tables.ndjson") as ({ table: keyof Tables } & object)[]) {
  (tables[table] as object[]).push(row);
}
const { ledger, findings, violations } = judge(arrange(records, tables));
for (const [name, found] of Object.entries(findings)) {
  for (const finding of found) console.log(`${name}: ${finding}`);
}
for (const violation of violations) console.log(`VIOLATION ${violation}`);
console.log(JSON.stringify(ledger));

function lines(name: string): unknown[] {
  const text = readFileSync(join(folder, name), "utf8").trimEnd();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as unknown);
}
