/**
 * Each conversation type × each kind of sender, over three framings and HTTP, against a server that
 * runs: `bun run matrix --url http://127.0.0.1:9688 --app-key … [--json]`. Fails when a cell is
 * not what the protocol page says.
 */
import { parseArgs } from "node:util";
import { type Cell, playMatrix } from "./cells.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://127.0.0.1:9688" },
      "app-key": { type: "string", default: "" },
      "database-url": { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { url, json } = values;
  const databaseUrl = values["database-url"];
  const options = { url: url.replace(/\/$/, ""), appKey: values["app-key"] };
  const cells = await playMatrix(
    databaseUrl === undefined ? options : { ...options, databaseUrl },
    (cell) => print(cell, json),
  );
  const wrong = cells.filter(({ ok }) => !ok).length;
  const played = cells.filter(({ expected }) => expected !== undefined).length;
  if (!json) console.log(`${played} cells, ${wrong} wrong`);
  return wrong === 0 ? 0 : 1;
}

function print(cell: Cell, json: boolean): void {
  if (json) return console.log(JSON.stringify(cell));
  const { row, sender, way, expected, got, ok } = cell;
  if (expected === undefined) return;
  const said = ok ? "" : `   WRONG, not ${expected}`;
  console.log(`${row.padEnd(24)} ${sender.padEnd(26)} ${way.padEnd(8)} ${got}${said}`);
}

process.exitCode = await main();
