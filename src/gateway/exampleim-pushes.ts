/**
 * Step 9 for ExampleIM's clients, whose frames name the other of a conversation of two: known for
 * who is written to, looked up for what a user's other device sent. Such a client can neither be
 * told to pull nor pull: one that was not given something is closed (4101), comes back, and reads
 * over HTTP what it missed. Its ack names a frame by id: what is a receipt by pts of others.
 */
import type { Log } from "../base/log.ts";
import { Recent } from "../base/recent.ts";
import type { Receipts } from "../inbox/receipts.ts";
import { pairNames } from "../store/pairs.ts";
import type { Sql } from "../postgres/client.ts";
import { idText } from "../wire/answer.ts";
import { CLOSE } from "../wire/errors.ts";
import { exampleimPush, isToOne, pairName } from "../wire/exampleim-codec.ts";
import type { PushFields } from "../wire/frame.ts";
import type { Sessions, Socket } from "./sessions.ts";

const PAIRS_MAX = 4096;
/** Frames of one connection that wait for a name. */
const WAITING_MAX = 1000;
/** Frames of one connection whose ack is understood: the newest. */
const GIVEN_MAX = 64;

/** Gathers the frames of a tick, as for all connections. */
interface Sending {
  send(slot: number, frame: string): void;
}

/** Made once the name of the other is known. */
type Frame = (other: string) => string;

interface Line {
  socket: Socket;
  frames: { conversationId: number; make: Frame }[];
}

export class ExampleimPushes {
  readonly #sessions: Sessions;
  readonly #outbound: Sending;
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #receipts: Receipts;
  /** Id of a frame → up to where the user's log was given with it. */
  readonly #given = new WeakMap<Socket, Recent<string, number>>();
  /** Conversation → the names of its two. */
  readonly #pairs = new Recent<number, readonly string[]>(PAIRS_MAX);
  /** By slot: what waits, in order, while a name is looked up. */
  readonly #lines = new Map<number, Line>();

  constructor(parts: {
    sessions: Sessions;
    outbound: Sending;
    sql: Sql;
    log: Log;
    receipts: Receipts;
  }) {
    this.#receipts = parts.receipts;
    this.#outbound = parts.outbound;
    this.#sessions = parts.sessions;
    this.#sql = parts.sql;
    this.#log = parts.log;
  }

  push(slot: number, push: PushFields): void {
    const socket = this.#sessions.socket(slot);
    if (socket === undefined) return;
    const own = socket.data.externalId;
    const { conversationId, messageIdHigh: high, messageIdLow: low } = push;
    if (high !== 0 || low !== 0) this.#note(slot, socket, idText(high, low));
    const line = this.#lines.get(slot);
    if (line?.socket !== socket && (!isToOne(push.conversationType) || push.from !== own)) {
      return this.#outbound.send(slot, frameFor(push, own, push.from));
    }
    // The bytes of the push are another's when the name is known.
    const content = push.content.bytes.slice(push.content.start, push.content.end);
    const kept = { ...push, content: { bytes: content, start: 0, end: content.length } };
    const isOwn = push.from === own && isToOne(push.conversationType);
    const make: Frame = (other) => frameFor(kept, own, isOwn ? other : kept.from);
    const wanted = isOwn ? conversationId : 0;
    this.#wait(slot, socket, wanted, make);
  }

  /** A send was answered, in whatever framing; what waits for a name comes after the answer. */
  answered(slot: number, localId: string): void {
    if (this.#sessions.framing(slot) !== "exampleim") return;
    const socket = this.#sessions.socket(slot);
    if (socket !== undefined && !this.#lines.has(slot)) this.#note(slot, socket, localId);
  }

  /** The client has the frame with this id, and so all that came before it. */
  acknowledged(slot: number, id: string): void {
    const socket = this.#sessions.socket(slot);
    const pts = socket === undefined ? undefined : this.#given.get(socket)?.get(id);
    if (socket === undefined || pts === undefined) return;
    // One that does not fit is said again with the next.
    this.#receipts.add(socket.data.userId, socket.data.device, pts);
  }

  #note(slot: number, socket: Socket, id: string): void {
    const given = this.#given.get(socket) ?? new Recent<string, number>(GIVEN_MAX);
    given.set(id, this.#sessions.delivered[slot] as number);
    this.#given.set(socket, given);
  }

  /** The connection was not given something: it ends, after whoever walks through them now. */
  end(slot: number): void {
    const socket = this.#sessions.socket(slot);
    setImmediate(() => socket?.close(CLOSE.tooSlow, "something was missed: read it over HTTP"));
  }

  /** `conversationId` 0 where no name is wanted but the turn must be kept. */
  #wait(slot: number, socket: Socket, conversationId: number, make: Frame): void {
    const line = this.#lines.get(slot);
    if (line?.socket === socket) {
      line.frames.push({ conversationId, make });
      if (line.frames.length > WAITING_MAX) this.end(slot);
      return;
    }
    const begun = { socket, frames: [{ conversationId, make }] };
    this.#lines.set(slot, begun);
    this.#drain(slot, begun).catch((error: unknown) => {
      this.#log.warn({ error: String(error) }, "the name of a user could not be read");
      if (this.#lines.get(slot) === begun) this.#lines.delete(slot);
      if (this.#sessions.socket(slot) === socket) this.end(slot);
    });
  }

  async #drain(slot: number, line: Line): Promise<void> {
    for (let at = 0; at < line.frames.length; at++) {
      const { conversationId, make } = line.frames[at] as Line["frames"][number];
      const names = conversationId > 0 ? await this.#namesOf(conversationId) : [];
      if (this.#sessions.socket(slot) !== line.socket) break;
      const other = names.find((name) => name !== line.socket.data.externalId);
      this.#outbound.send(slot, make(other ?? ""));
    }
    if (this.#lines.get(slot) === line) this.#lines.delete(slot);
  }

  async #namesOf(conversationId: number): Promise<readonly string[]> {
    const known = this.#pairs.get(conversationId);
    if (known !== undefined) return known;
    const names = await pairNames(this.#sql, conversationId);
    if (names.length > 0) this.#pairs.set(conversationId, names);
    return names;
  }
}

/** `other` is whom the conversation is with: the sender, unless that is the reader himself. */
function frameFor(push: PushFields, own: string, other: string): string {
  const id = push.conversationId < 0 ? "" : String(push.conversationId);
  if (!isToOne(push.conversationType)) {
    return exampleimPush(push, { conversationId: id, recvId: id });
  }
  const conversationId = other === "" ? id : pairName(own, other);
  return exampleimPush(push, { conversationId, recvId: push.from === own ? other : own });
}
