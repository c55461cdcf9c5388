/**
 * Sends messages whose time has come: into the stream like any other, under the key of their first
 * request, so that one that was put there twice is stored once.
 */
import { type ScheduledMessage, takeDue } from "../store/scheduled.ts";
import type { Appender } from "../transfer/append.ts";
import { emptyRecord, type RecordFields } from "../transfer/record.ts";
import type { WriterLock } from "../transfer/writer-lock.ts";

const MESSAGES_MAX = 200;

export class ScheduledSweep {
  readonly #lock: WriterLock;
  readonly #appender: Appender;

  constructor(lock: WriterLock, appender: Appender) {
    this.#lock = lock;
    this.#appender = appender;
  }

  /** What the stream doesn't take is given again some seconds later. */
  async tick(): Promise<void> {
    const due = await takeDue(this.#lock.sql, this.#lock.name, MESSAGES_MAX);
    for (const message of due) this.#appender.add(recordOf(message));
  }
}

/** What a record has in its flags; the rest of a row's is in its `value`. */
const FLAGS = 0xff;

function recordOf(message: ScheduledMessage): RecordFields {
  const { senderId, conversationId, peerId, key, cmd, type, ttl } = message;
  const [flags, value] = [message.flags & FLAGS, message.flags & ~FLAGS];
  const { deviceId, localId, target, mentions, content, options } = message;
  return {
    ...emptyRecord(),
    ...{ cmd, flags, value, senderId, conversationId, peerId, key, type, ttl },
    ...{ deviceId, localId, target, mentions, from: message.sender },
    content: { bytes: content, start: 0, end: content.length },
    options: { bytes: options, start: 0, end: options.length },
  };
}
