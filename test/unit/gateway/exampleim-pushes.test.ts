// A connection of ExampleIM's framing can't be told to pull: what can't be given to it ends it.
import { beforeEach, expect, test } from "bun:test";
import { ITEM } from "../../../src/delivery/record.ts";
import { ExampleimPushes } from "../../../src/gateway/exampleim-pushes.ts";
import { Receipts } from "../../../src/inbox/receipts.ts";
import { Outbound } from "../../../src/gateway/outbound.ts";
import { Sessions, type Socket, STATE } from "../../../src/gateway/sessions.ts";
import { WideLogs } from "../../../src/gateway/wide-logs.ts";
import { Pending } from "../../../src/path/pending.ts";
import type { Sql } from "../../../src/postgres/client.ts";
import { until } from "../../support/pace.ts";
import { createLog } from "../../../src/base/log.ts";
import { createCodecs } from "../../../src/wire/codec.ts";
import { contentBytes } from "../../../src/wire/content-bytes.ts";

let sessions: Sessions;
let outbound: Outbound;
let names: PromiseWithResolvers<{ name: string }[]>;
let sent: { content: string; conversationId: string; recvId: string }[];
let closed: number[];

beforeEach(() => {
  sessions = new Sessions(8);
  sent = [];
  closed = [];
  names = Promise.withResolvers();
  const pending = new Pending(64, 1, 1000);
  const codecs = createCodecs();
  const parts = { sessions, wideLogs: new WideLogs(), codecs, pending, slowBytes: 1000 };
  outbound = new Outbound(parts);
  const sql = (() => names.promise) as unknown as Sql;
  outbound.exampleim = new ExampleimPushes({
    sessions,
    outbound,
    sql,
    log: createLog("silent", "test"),
    receipts: new Receipts(sql),
  });
});

function connect(): number {
  const socket = {
    data: { slot: -1, userId: 1, externalId: "ann", device: "im_web", framing: "exampleim" },
    send(frame: string) {
      const { conversationId, recvId, msg } = JSON.parse(frame).data;
      sent.push({ content: msg.content, conversationId, recvId });
      return frame.length;
    },
    getBufferedAmount: () => 0,
    close: (code: number) => closed.push(code),
  };
  const slot = sessions.add(socket as unknown as Socket, 0);
  sessions.states[slot] = STATE.live;
  return slot;
}

function message(from: string, text: string, pts: number): void {
  const bytes = contentBytes({ text }, 1, 3);
  outbound.event({
    kind: ITEM.event,
    push: {
      cmd: 1,
      type: 1,
      conversationId: 12,
      conversationType: 1,
      from,
      source: "websocket",
      localId: "",
      content: { bytes, start: 0, end: bytes.length },
      options: { bytes, start: 0, end: 0 },
      messageIdHigh: 0,
      messageIdLow: pts,
      seq: pts - 1,
      conversationPts: -1,
      timestamp: 1,
      mentionedAll: false,
      duplicate: false,
    },
    senderId: from === "ann" ? 1 : 2,
    request: 0,
    wide: false,
    recipients: [{ userId: 1, pts, mentioned: false }],
  });
  // As the buffer of a record is written over by the next.
  bytes.fill(0);
}

test("what comes while a name is looked up keeps its turn", async () => {
  connect();
  message("ben", "one", 1);
  message("ann", "two", 2);
  message("ben", "three", 3);
  expect(sent.map(({ content }) => content)).toEqual(["one"]);
  names.resolve([{ name: "ben" }, { name: "ann" }]);
  await until(() => sent.length === 3, 1000, 1);
  message("ben", "four", 4);
  expect(sent).toEqual(
    ["one", "two", "three", "four"].map((content) => ({
      content,
      conversationId: "ann_ben",
      recvId: content === "two" ? "ben" : "ann",
    })),
  );
  expect(closed).toEqual([]);
});

test("a hole, a hint, slowness and a lookup that fails end the connection with 4101", async () => {
  connect();
  message("ben", "three", 3);
  await until(() => closed.length > 0, 1000, 1);
  expect(closed).toEqual([4101]);
  const reasons = [
    (slot: number) => outbound.hint(slot, 9),
    (slot: number) => outbound.hintWide(slot, 12, 9),
    (slot: number) => outbound.leavePushMode(slot),
    () => message("ann", "one", 1),
  ];
  for (const reason of reasons) {
    sessions.remove(0);
    closed = [];
    names = Promise.withResolvers();
    names.promise.catch(() => {});
    reason(connect());
    names.reject(new Error("the store is away"));
    await until(() => closed.length > 0, 1000, 1);
    expect(closed).toEqual([4101]);
  }
  expect(sent).toEqual([]);
});
