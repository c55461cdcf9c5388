// The table of expected.ts against a server that runs: each cell over each framing and over HTTP.
import { code, type RawClient } from "../outside/raw-client.ts";
import { type Framing, framings } from "../outside/framing.ts";
import { type Row, ROWS, type SenderKind, SENDERS } from "./expected.ts";
import { type Address, Stage, type StageOptions } from "./stage.ts";

export type Way = Framing | "http";

export interface Cell {
  row: string;
  type: number;
  sender: SenderKind;
  way: Way;
  /** Undefined where the type has no such sender. */
  expected: number | undefined;
  got: number | undefined;
  ok: boolean;
}

const WAYS: readonly Way[] = [...framings, "http"];

/** Plays the whole table; `show` is told of each cell as it is known. */
export async function playMatrix(
  options: StageOptions,
  show: (cell: Cell) => void = () => {},
): Promise<Cell[]> {
  const stage = await Stage.open(options);
  const cells: Cell[] = [];
  try {
    for (const row of ROWS) {
      const addresses = await stage.prepare(row);
      for (const sender of SENDERS) {
        for (const way of WAYS) {
          const cell = await play(stage, row, sender, way, addresses);
          cells.push(cell);
          show(cell);
        }
      }
    }
  } finally {
    stage.close();
  }
  return cells;
}

async function play(
  stage: Stage,
  row: Row,
  sender: SenderKind,
  way: Way,
  addresses: (sender: SenderKind, way: Way) => Address,
): Promise<Cell> {
  const anyWay = row.codes[sender];
  const expected = way === "http" ? (row.overHttp?.[sender] ?? anyWay) : anyWay;
  const cell = { row: row.name, type: row.type, sender, way, expected };
  // The system has no connection; a framing has nothing to do with it.
  if (expected === undefined || (sender === "system" && way !== "http")) {
    return { ...cell, expected: undefined, got: undefined, ok: true };
  }
  const address = addresses(sender, way);
  const got = await say(stage, row, sender, way, address);
  return { ...cell, got, ok: got === expected };
}

async function say(
  stage: Stage,
  row: Row,
  sender: SenderKind,
  way: Way,
  address: Address,
): Promise<number> {
  if (sender === "not logged in") return await stage.unknown(way, address, row.cmd);
  if (way === "http") return await stage.post(sender, address, row.cmd);
  const client = await stage.client(sender, way);
  await stage.attend(row, sender, client, address);
  return await send(client, address, row.cmd, stage.localId());
}

async function send(
  client: RawClient,
  address: Address,
  cmd: number,
  localId: string,
): Promise<number> {
  const frame = { cmd, header: { localId }, route: { type: 1, ...address } };
  return code(await client.request({ ...frame, content: { text: "who may say this?" } }));
}
