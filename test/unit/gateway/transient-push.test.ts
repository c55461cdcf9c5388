// What is worth something now or never: pushed once to a connection, and dropped where it comes too
// late, where the gateway is busy, and where something waits to be sent.
import { beforeEach, expect, test } from "bun:test";
import { ITEM, type TransientItem } from "../../../src/delivery/record.ts";
import { Outbound } from "../../../src/gateway/outbound.ts";
import { type Socket, Sessions, STATE } from "../../../src/gateway/sessions.ts";
import { TransientPush } from "../../../src/gateway/transient-push.ts";
import { Watches } from "../../../src/gateway/watches.ts";
import { WideLogs } from "../../../src/gateway/wide-logs.ts";
import { Pending } from "../../../src/path/pending.ts";
import { transientPush } from "../../../src/path/transients.ts";
import { createCodecs } from "../../../src/wire/codec.ts";

const SLOTS = 8;
const SENDER = 1;
const NOBODY = new Uint8Array(0);

let sessions: Sessions;
let watches: Watches;
let push: TransientPush;
let sent: number[];
let waitingBytes: number;
const now = { wallMs: 1000, monotonicMs: 1000 };

beforeEach(() => {
  sessions = new Sessions(SLOTS);
  watches = new Watches();
  sent = [];
  waitingBytes = 0;
  const codecs = createCodecs();
  const pending = new Pending(64, 1, 1000);
  const parts = { sessions, wideLogs: new WideLogs(), codecs, pending, slowBytes: 1000 };
  const clock = { wallMs: () => now.wallMs, monotonicMs: () => now.monotonicMs };
  push = new TransientPush({ ...parts, outbound: new Outbound(parts), watches, clock });
});

/** A live connection; its slot. */
function connect(userId: number): number {
  const socket = {
    data: { slot: -1, userId, externalId: `u${userId}`, device: "im_web", framing: "json" },
    send(frame: string) {
      sent.push(slot);
      return frame.length;
    },
    getBufferedAmount: () => waitingBytes,
  };
  const slot: number = sessions.add(socket as unknown as Socket, 0);
  sessions.generations[slot] = 100 + slot;
  sessions.states[slot] = STATE.live;
  return slot;
}

function item(userIds: readonly number[], how: Partial<TransientItem> = {}): TransientItem {
  const fields = { cmd: 81, conversationId: -1, from: "u1", content: NOBODY, timestamp: 1000 };
  const recipients = userIds.map((userId) => ({ userId, pts: -1, mentioned: false }));
  return {
    kind: ITEM.transient,
    event: {
      kind: ITEM.event,
      push: transientPush(fields),
      senderId: SENDER,
      request: 0,
      wide: false,
      recipients,
    },
    watched: false,
    except: [],
    exceptGeneration: 0,
    untilMs: 0,
    ...how,
  };
}

test("each live connection of a recipient gets it once, but not the one excepted", () => {
  const [first, second, joining, other] = [connect(2), connect(2), connect(2), connect(3)];
  sessions.states[joining] = STATE.syncing;
  watches.set(first, [SENDER]);
  watches.set(other, [SENDER]);
  push.push(item([2], { watched: true, exceptGeneration: 100 + second }));
  expect(sent).toEqual([first, other]);
});

test("a watcher who is blocked gets none, and a list ends when it is dropped", () => {
  const [blocked, former] = [connect(2), connect(3)];
  watches.set(blocked, [SENDER]);
  watches.set(former, [SENDER]);
  watches.drop(former);
  push.push(item([], { watched: true, except: [2] }));
  expect(sent).toEqual([]);
  push.push(item([], { watched: true }));
  expect(sent).toEqual([blocked]);
});

test("what comes too late is dropped", () => {
  connect(2);
  push.push(item([2], { untilMs: 999 }));
  expect([sent.length, push.dropped]).toEqual([0, 1]);
  push.push(item([2], { untilMs: 1000 }));
  expect([sent.length, push.dropped]).toEqual([1, 1]);
});

test("under pressure news of presence is dropped, and signals are not", () => {
  connect(2);
  waitingBytes = 1;
  push.push(item([2], { watched: true }));
  push.push(item([2]));
  expect([sent.length, push.dropped]).toEqual([1, 1]);
  waitingBytes = 0;
  push.tick();
  now.monotonicMs += 3000;
  push.tick();
  push.push(item([2], { watched: true }));
  push.push(item([2]));
  expect([sent.length, push.dropped]).toEqual([2, 2]);
  now.monotonicMs += 1000;
  push.tick();
  push.push(item([2], { watched: true }));
  expect([sent.length, push.dropped]).toEqual([3, 2]);
});
