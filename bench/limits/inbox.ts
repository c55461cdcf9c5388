// Limit "inbox": the relay, and one Postgres statement for each batch: message, two counters, two
// inbox rows. Pushed and answered after the commit; one batch in flight.
import type { LimitOptions } from "./main.ts";
import { AnswerFrame } from "./answer-frame.ts";
import { Batches } from "./batch.ts";
import { textMarkOf } from "./marked-text.ts";
import { Outbox } from "./outbox.ts";
import { Sockets } from "./sockets.ts";
import {
  BATCH_MOST,
  bodyOf,
  fillCounters,
  insertWithCounters,
  newestId,
  openLimitTables,
} from "./statement.ts";

const USERS = 20_000;

interface Item {
  readonly sender: number;
  readonly recipient: number;
  readonly frame: string | Uint8Array;
  readonly body: string;
}

export async function startInbox(options: LimitOptions): Promise<number> {
  const sql = await openLimitTables(options.databaseUrl);
  await fillCounters(sql, USERS);
  let nextId = (await newestId(sql, "limit_messages")) + 1;
  const sockets = new Sockets();
  const answer = new AnswerFrame(options.framing);
  const outbox = new Outbox();
  const batches = new Batches<Item>(BATCH_MOST, async (items) => {
    await insertWithCounters(sql, nextId, items);
    nextId += items.length;
    for (const { sender, recipient, frame } of items) {
      outbox.gather(sockets.of(recipient), frame);
      outbox.gather(sockets.of(sender), answer.copyOf(frame));
    }
    outbox.flush();
  });
  return sockets.serve((socket, frame) => {
    const sender = socket.data.number;
    const body = bodyOf(frame, textMarkOf(frame), options.bodyBytes);
    batches.add({ sender, recipient: sender ^ 1, frame, body });
  });
}
