// Step 9: answer to the sender, push to every other connection: encoded once per framing, pts
// stamped per user. The message's way ends here; gateway/audit.ts looks after what was lost. @hot
import { ITEM, type AnswerItem, type EventItem, type Recipient } from "../delivery/record.ts";
import type { Pending, Waiting } from "../path/pending.ts";
import { clearAnswer, emptyAnswer } from "../wire/answer.ts";
import type { Codecs } from "../wire/codec.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import {
  frameOf,
  type PushFields,
  type SendAnswer,
  SUBPROTOCOLS,
  type Subprotocol,
  type Written,
} from "../wire/frame.ts";
import type { ExampleimPushes } from "./exampleim-pushes.ts";
import { FrameGatherer, NONE } from "./frame-gatherer.ts";
import { type Sessions, type Socket, STATE } from "./sessions.ts";
import { type WideLogs, wideName } from "./wide-logs.ts";

/** What the server of a gateway can publish with. */
export interface Publisher {
  publish(name: string, frame: string | Uint8Array): number;
}

export class Outbound {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;
  readonly #codecs: Codecs;
  readonly #pending: Pending;
  readonly #slowBytes: number;
  readonly #answer: SendAnswer = emptyAnswer();
  readonly #begun = new Uint8Array(SUBPROTOCOLS.length);
  readonly #gatherer: FrameGatherer;
  #gathering = false;
  #corkedSlot = 0;
  publisher: Publisher | undefined;
  exampleim: ExampleimPushes | undefined;
  /** Frames pushed, hints sent and frames dropped, for the metrics. */
  pushed = 0;
  hinted = 0;
  slowed = 0;

  constructor(parts: {
    sessions: Sessions;
    wideLogs: WideLogs;
    codecs: Codecs;
    pending: Pending;
    slowBytes: number;
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#codecs = parts.codecs;
    this.#pending = parts.pending;
    this.#slowBytes = parts.slowBytes;
    this.#gatherer = new FrameGatherer(parts.sessions.capacity);
  }

  event(item: EventItem): void {
    const waiting = item.request > 0 ? this.#waiting(item) : undefined;
    const slot = waiting === undefined ? -1 : this.#slotOf(waiting);
    this.#begun.fill(0);
    if (item.wide) {
      this.#publish(item, slot);
      if (waiting !== undefined) this.#answerEvent(item, waiting, slot, -1);
      return;
    }
    let ownPts = -1;
    const { recipients } = item;
    for (let i = 0; i < recipients.length; i++) {
      const recipient = recipients[i] as Recipient;
      if (recipient.userId === item.senderId) ownPts = recipient.pts;
      this.#pushToUser(item.push, recipient, slot);
    }
    if (waiting !== undefined) this.#answerEvent(item, waiting, slot, ownPts);
  }

  answer(item: AnswerItem): void {
    const waiting = this.#pending.close(item.request);
    if (waiting === undefined) return;
    if (waiting.resolve !== undefined) return waiting.resolve(item);
    const slot = this.#slotOf(waiting);
    if (slot < 0) return;
    const answer = this.#answer;
    answer.code = item.code;
    answer.message = item.message;
    answer.conversationId = item.code === CODE.ok ? item.conversationId : -1;
    answer.conversationType = item.conversationType;
    answer.messageIdHigh = item.messageIdHigh;
    answer.messageIdLow = item.messageIdLow;
    answer.seq = item.seq;
    answer.conversationPts = item.conversationPts;
    answer.pts = item.pts;
    answer.timestamp = item.timestamp;
    answer.duplicate = item.duplicate;
    this.#sendAnswer(slot, waiting.cmd, waiting.localId);
    if (item.pts >= 0) this.#advance(slot, item.pts);
  }

  /**
   * A refusal or outcome of the gateway's own. Those of one turn of the loop are written together:
   * under overload it is the writes that would eat the time.
   */
  refuse(slot: number, cmd: number, localId: string, code: number, message: string): void {
    if (!this.#gathering) {
      this.#gathering = true;
      setImmediate(this.#flushTurn);
    }
    const answer = clearAnswer(this.#answer);
    answer.code = code;
    answer.message = message === "" ? (CODE_TEXT[code] ?? "") : message;
    this.#sendAnswer(slot, cmd, localId);
  }

  /** Sends a frame with the others of this tick, or at once outside of a delivery. */
  send(slot: number, frame: string | Uint8Array): void {
    if (frame.length === 0) return;
    if (!this.#gathering) return this.#sendNow(slot, frame);
    if (this.#gatherer.add(slot, frame)) return;
    this.#sendGathered();
    if (!this.#gatherer.add(slot, frame)) this.#sendNow(slot, frame);
  }

  /** The same for what a codec has just written. */
  sendWritten(slot: number, frame: string | Written): void {
    if (!this.#gathering || typeof frame === "string") return this.send(slot, frameOf(frame));
    if (!this.#gatherer.addBytes(slot, frame.bytes, frame.at)) this.send(slot, frameOf(frame));
  }

  /** From here on frames are gathered, until `flush`. */
  gather(): void {
    this.#gathering = true;
  }

  /** Sends what was gathered, one write a connection. */
  flush(): void {
    this.#sendGathered();
    this.#gathering = false;
  }

  readonly #flushTurn = (): void => this.flush();

  #sendGathered(): void {
    const gatherer = this.#gatherer;
    for (const slot of gatherer.slots) {
      const socket = this.#sessions.socket(slot);
      if (socket === undefined) continue;
      this.#corkedSlot = slot;
      const first = gatherer.first(slot);
      if (gatherer.after(first) === NONE) this.#sendNow(slot, gatherer.frame(first));
      else socket.cork(this.#sendCorked);
    }
    gatherer.clear();
  }

  readonly #sendCorked = (): void => {
    const slot = this.#corkedSlot;
    const gatherer = this.#gatherer;
    for (let at = gatherer.first(slot); at !== NONE; at = gatherer.after(at)) {
      this.#sendNow(slot, gatherer.frame(at));
    }
  };

  #sendNow(slot: number, frame: string | Uint8Array): void {
    const socket = this.#sessions.socket(slot);
    if (socket === undefined) return;
    const sent = socket.send(frame);
    if (sent > 0) return;
    if (sent < 0 && socket.getBufferedAmount() < this.#slowBytes) return;
    this.slowed += 1;
    this.leavePushMode(slot);
  }

  /** Too slow: from here on hints only, for all its logs; the first when the socket has drained. */
  leavePushMode(slot: number): void {
    const sessions = this.#sessions;
    if (sessions.states[slot] === STATE.joining) return;
    // What was counted as delivered may be the very frame that was dropped.
    const delivered = sessions.delivered[slot] as number;
    if (delivered > (sessions.held[slot] as number)) sessions.held[slot] = delivered;
    sessions.states[slot] = STATE.pull;
    this.#wideLogs.mute(sessions, slot);
    if (sessions.framing(slot) === "exampleim") this.exampleim?.end(slot);
  }

  /**
   * A connection was not given its own log up to here: it gets no pushes until it has pulled. Its
   * wide logs are not touched, since what is lost of those is noticed by their own numbers.
   */
  behind(slot: number, pts: number): void {
    const sessions = this.#sessions;
    if (pts > (sessions.held[slot] as number)) sessions.held[slot] = pts;
    if (sessions.states[slot] === STATE.live) sessions.states[slot] = STATE.pull;
    this.hint(slot, pts);
  }

  /** Tells a connection to pull; when it can't take a frame now, once it has drained. */
  hint(slot: number, pts: number): void {
    const sessions = this.#sessions;
    if (!this.#takesHint(slot)) return;
    this.hinted += 1;
    this.send(slot, this.#codecs[sessions.framing(slot)].encode(ptsHint(pts)));
  }

  hintWide(slot: number, conversationId: number, conversationPts: number): void {
    const sessions = this.#sessions;
    if (!this.#takesHint(slot)) return;
    this.hinted += 1;
    const hint = wideHint(conversationId, conversationPts);
    this.send(slot, this.#codecs[sessions.framing(slot)].encode(hint));
  }

  #takesHint(slot: number): boolean {
    const socket = this.#sessions.socket(slot);
    if (socket === undefined) return false;
    if (this.#sessions.framing(slot) === "exampleim") {
      this.exampleim?.end(slot);
      return false;
    }
    if (socket.getBufferedAmount() < this.#slowBytes) return true;
    this.leavePushMode(slot);
    return false;
  }

  #pushToUser(push: PushFields, recipient: Recipient, exceptSlot: number): void {
    const slots = this.#sessions.ofUser(recipient.userId);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if (slot !== exceptSlot) this.#pushToSlot(slot, push, recipient);
    }
  }

  #pushToSlot(slot: number, push: PushFields, recipient: Recipient): void {
    const sessions = this.#sessions;
    const { pts, mentioned } = recipient;
    if (sessions.states[slot] !== STATE.live) {
      if (pts > (sessions.held[slot] as number)) sessions.held[slot] = pts;
      return;
    }
    if (pts >= 0) {
      const delivered = sessions.delivered[slot] as number;
      if (pts <= delivered) return;
      if (pts > delivered + 1) return this.behind(slot, pts);
      sessions.delivered[slot] = pts;
    }
    this.pushed += 1;
    const framing = sessions.framing(slot);
    if (framing === "exampleim") return this.exampleim?.push(slot, push);
    this.sendWritten(slot, this.#stamped(framing, push, pts, mentioned));
  }

  #stamped(
    framing: Subprotocol,
    push: PushFields,
    pts: number,
    mentioned: boolean,
  ): string | Written {
    const codec = this.#codecs[framing];
    const index = SUBPROTOCOLS.indexOf(framing);
    if (this.#begun[index] === 0) {
      this.#begun[index] = 1;
      codec.beginPush(push);
    }
    return codec.stampPush(pts, mentioned);
  }

  #publish(item: EventItem, exceptSlot: number): void {
    const { conversationId, conversationPts } = item.push;
    const published = this.#wideLogs.published(conversationId);
    if (!this.#wideLogs.has(conversationId)) return;
    if (conversationPts >= 0) {
      if (conversationPts <= published) return;
      this.#wideLogs.setPublished(conversationId, conversationPts);
      if (conversationPts > published + 1) {
        return this.hintFollowers(conversationId, conversationPts);
      }
    }
    // A publish goes out at once: what was gathered before it must not come after it.
    this.#sendGathered();
    const sender = exceptSlot < 0 ? undefined : this.#sessions.socket(exceptSlot);
    for (let index = 0; index < SUBPROTOCOLS.length; index++) {
      if (!this.#sessions.uses(index)) continue;
      const framing = SUBPROTOCOLS[index] as Subprotocol;
      const name = wideName(conversationId, framing);
      const frame = frameOf(this.#stamped(framing, item.push, -1, false));
      if (frame.length === 0) continue;
      const sent = publishOn(sender, this.publisher, name, frame);
      if (sent < 0) this.#sweep(conversationId);
      else if (sent > 0) this.pushed += 1;
    }
  }

  /** Every follower is told to pull: a hole in what was published. */
  hintFollowers(conversationId: number, conversationPts: number): void {
    for (const slot of this.#wideLogs.slotsOf(conversationId)) {
      this.hintWide(slot, conversationId, conversationPts);
    }
  }

  /** After pressure in a publish: those who are too slow leave push mode. */
  #sweep(conversationId: number): void {
    for (const slot of this.#wideLogs.slotsOf(conversationId)) {
      const socket = this.#sessions.socket(slot);
      if (socket !== undefined && socket.getBufferedAmount() >= this.#slowBytes) {
        this.slowed += 1;
        this.leavePushMode(slot);
      }
    }
  }

  /** The answer to a send is the sending connection's copy of its event. */
  #answerEvent(item: EventItem, waiting: Waiting, slot: number, ownPts: number): void {
    if (waiting.resolve !== undefined) return waiting.resolve(answerOfEvent(item, ownPts));
    if (slot < 0) return;
    const { push } = item;
    const answer = this.#answer;
    answer.code = CODE.ok;
    answer.message = "";
    answer.conversationId = push.conversationId;
    answer.conversationType = push.conversationType;
    answer.messageIdHigh = push.messageIdHigh;
    answer.messageIdLow = push.messageIdLow;
    answer.seq = push.seq;
    answer.conversationPts = push.conversationPts;
    answer.pts = ownPts;
    answer.timestamp = push.timestamp;
    answer.duplicate = push.duplicate;
    this.#sendAnswer(slot, waiting.cmd, waiting.localId);
    if (ownPts >= 0) this.#advance(slot, ownPts);
    this.exampleim?.answered(slot, waiting.localId);
  }

  /** An answer that carries a pts moves the connection's position. */
  #advance(slot: number, pts: number): void {
    const sessions = this.#sessions;
    if (sessions.states[slot] !== STATE.live) {
      if (pts > (sessions.held[slot] as number)) sessions.held[slot] = pts;
      return;
    }
    const delivered = sessions.delivered[slot] as number;
    if (pts === delivered + 1) sessions.delivered[slot] = pts;
    else if (pts > delivered + 1) this.behind(slot, pts);
  }

  #sendAnswer(slot: number, cmd: number, localId: string): void {
    const answer = this.#answer;
    answer.cmd = cmd;
    answer.localId = localId;
    this.sendWritten(slot, this.#codecs[this.#sessions.framing(slot)].encodeAnswer(answer));
  }

  /** A direct push has no seq, and did not wait in the writer's line. */
  #waiting({ request, push }: EventItem): Waiting | undefined {
    return push.seq >= 0 ? this.#pending.settle(request) : this.#pending.close(request);
  }

  #slotOf(waiting: Waiting): number {
    const { slot, generation } = waiting;
    return slot >= 0 && this.#sessions.generations[slot] === generation ? slot : -1;
  }
}

/** All subscribers but the sender's own connection, which gets the answer. */
function publishOn(
  sender: Socket | undefined,
  publisher: Publisher | undefined,
  name: string,
  frame: string | Uint8Array,
): number {
  if (sender?.isSubscribed(name)) return sender.publish(name, frame);
  return publisher?.publish(name, frame) ?? 0;
}

function answerOfEvent(item: EventItem, pts: number): AnswerItem {
  const { push } = item;
  return {
    kind: ITEM.answer,
    request: item.request,
    code: CODE.ok,
    message: "",
    conversationId: push.conversationId,
    conversationType: push.conversationType,
    messageIdHigh: push.messageIdHigh,
    messageIdLow: push.messageIdLow,
    seq: push.seq,
    pts,
    conversationPts: push.conversationPts,
    timestamp: push.timestamp,
    duplicate: push.duplicate,
  };
}

function ptsHint(pts: number) {
  return { direction: 3, cmd: 71, content: { data: { pts } } };
}

function wideHint(conversationId: number, conversationPts: number) {
  const data = { conversationId, conversationPts };
  return { direction: 3, cmd: 71, content: { data } };
}
