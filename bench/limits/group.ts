// Limits of fan-out. "group": one statement with an inbox row and a counter for each member, then a
// loop of sends. "publish": one stored row a message, then the runtime's own publish.
import { AnswerFrame } from "./answer-frame.ts";
import { Batches } from "./batch.ts";
import type { LimitOptions } from "./main.ts";
import { textMarkOf } from "./marked-text.ts";
import { Outbox } from "./outbox.ts";
import { Sockets } from "./sockets.ts";
import {
  BATCH_MOST,
  bodyOf,
  fillCounters,
  insertForGroup,
  insertMessages,
  type Message,
  newestId,
  openLimitTables,
} from "./statement.ts";

/** As the server bounds its batches. */
const ROWS_MOST = 5000;
const NAME = "everybody";

interface Item extends Message {
  readonly frame: string | Uint8Array;
}

export async function startGroup(options: LimitOptions): Promise<number> {
  const { members, framing, bodyBytes } = options;
  const sql = await openLimitTables(options.databaseUrl);
  await fillCounters(sql, members);
  let nextId = (await newestId(sql, "limit_messages")) + 1;
  const sockets = new Sockets();
  const outbox = new Outbox();
  const answer = new AnswerFrame(framing);
  const most = Math.max(1, Math.floor(ROWS_MOST / members));
  const batches = new Batches<Item>(most, async (items) => {
    await insertForGroup(sql, nextId, items, members);
    nextId += items.length;
    for (const { sender, frame } of items) {
      for (let member = 0; member < members; member++) {
        if (member !== sender) outbox.gather(sockets.of(member), frame);
      }
      outbox.gather(sockets.of(sender), answer.copyOf(frame));
    }
    outbox.flush();
  });
  return sockets.serve((socket, frame) =>
    batches.add(itemOf(socket.data.number, frame, bodyBytes)),
  );
}

export async function startPublish(options: LimitOptions, stores: boolean): Promise<number> {
  const sql = await openLimitTables(options.databaseUrl);
  let nextId = (await newestId(sql, "limit_messages")) + 1;
  const sockets = new Sockets();
  const answer = new AnswerFrame(options.framing);
  const publish = (items: readonly Item[]): void => {
    for (const { sender, frame } of items) {
      sockets.publish(NAME, frame);
      sockets.of(sender)?.send(answer.of(frame));
    }
  };
  const batches = new Batches<Item>(BATCH_MOST, async (items) => {
    await insertMessages(sql, nextId, items);
    nextId += items.length;
    publish(items);
  });
  return sockets.serve(
    (socket, frame) => {
      const item = itemOf(socket.data.number, frame, options.bodyBytes);
      if (stores) batches.add(item);
      else publish([item]);
    },
    (socket) => {
      // User 0 sends, and gets the answer alone.
      if (socket.data.number !== 0) socket.subscribe(NAME);
    },
  );
}

function itemOf(sender: number, frame: string | Uint8Array, bodyBytes: number): Item {
  return { sender, recipient: 0, frame, body: bodyOf(frame, textMarkOf(frame), bodyBytes) };
}
