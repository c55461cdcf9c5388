/** What a client keeps between runs: how far it read, and what it has still to send. */
import type { OutboxEntry } from "./outbox.ts";

export interface Cursor {
  epoch: string;
  /** Of the own log: everything up to here was delivered to the application. */
  pts: number;
  /** Position in the log of each wide conversation that is followed, by conversation id. */
  wide: Record<string, number>;
  /** The conversation list has to be read before the wide logs are known (after a reset). */
  listDue: boolean;
}

export interface StoredState {
  cursor: Cursor | undefined;
  /** In the order in which they were to be sent. */
  outbox: OutboxEntry[];
}

/**
 * Saved after an event was delivered: whoever dies in between hears that event again after the
 * restart. Methods may answer at once or later; one at a time is under way for the cursor.
 */
export interface ClientStore {
  load(): StoredState | Promise<StoredState>;
  saveCursor(cursor: Cursor): void | Promise<void>;
  /** Settled before the message is sent, so that a crash can't forget it. */
  putSend(entry: OutboxEntry): void | Promise<void>;
  dropSend(localId: string): void | Promise<void>;
}

/** Forgets with the process. */
export function memoryStore(): ClientStore {
  let cursor: Cursor | undefined;
  const outbox = new Map<string, OutboxEntry>();
  return {
    load: () => ({ cursor, outbox: [...outbox.values()] }),
    saveCursor(next) {
      cursor = next;
    },
    putSend(entry) {
      outbox.set(entry.localId, entry);
    },
    dropSend(localId) {
      outbox.delete(localId);
    },
  };
}

/** The part of `localStorage` that is used. */
export interface KeyValues {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps everything in `localStorage` under one prefix; give each user and device its own. */
export function webStore(storage: KeyValues, prefix: string): ClientStore {
  const sends = `${prefix}:send:`;
  return {
    load() {
      const outbox: OutboxEntry[] = [];
      for (let index = 0; index < storage.length; index += 1) {
        const key = storage.key(index);
        if (!key?.startsWith(sends)) continue;
        const entry = parse(storage.getItem(key)) as OutboxEntry | undefined;
        if (entry !== undefined) outbox.push(entry);
      }
      outbox.sort((one, other) => one.order - other.order);
      const cursor = parse(storage.getItem(`${prefix}:cursor`)) as Cursor | undefined;
      return { cursor, outbox };
    },
    saveCursor: (cursor) => storage.setItem(`${prefix}:cursor`, JSON.stringify(cursor)),
    putSend: (entry) => storage.setItem(sends + entry.localId, JSON.stringify(entry)),
    dropSend: (localId) => storage.removeItem(sends + localId),
  };
}

function parse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Written by something else: a fresh start is right, the server has it all.
    return undefined;
  }
}
