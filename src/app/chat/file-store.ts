/** The client's memory between two runs of the terminal chat: one JSON file a user. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { OutboxEntry } from "../../sdk/outbox.ts";
import type { ClientStore, Cursor } from "../../sdk/store.ts";

interface Saved {
  cursor?: Cursor;
  outbox: OutboxEntry[];
}

export interface FileStore extends ClientStore {
  /** Whether there was nothing saved. */
  readonly firstRun: boolean;
}

export function fileStore(path: string): FileStore {
  const saved = read(path);
  const firstRun = saved.cursor === undefined;
  const write = () => {
    mkdirSync(dirname(path), { recursive: true });
    // A run that is killed here leaves the old file whole.
    writeFileSync(`${path}.new`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  return {
    firstRun,
    load: () => ({ cursor: saved.cursor, outbox: [...saved.outbox] }),
    saveCursor(cursor) {
      saved.cursor = cursor;
      write();
    },
    putSend(entry) {
      saved.outbox.push(entry);
      write();
    },
    dropSend(localId) {
      saved.outbox = saved.outbox.filter((entry) => entry.localId !== localId);
      write();
    },
  };
}

function read(path: string): Saved {
  try {
    const saved = JSON.parse(readFileSync(path, "utf8")) as Partial<Saved>;
    return { ...saved, outbox: saved.outbox ?? [] };
  } catch {
    // Absent or broken: begin anew, the server has it all.
    return { outbox: [] };
  }
}
