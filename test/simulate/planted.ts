/**
 * Bugs that are planted to be found: in the product's classes, or in what becomes of its
 * statements, for one schedule and in this process alone.
 */
import { pause } from "../../src/base/backoff.ts";
import { APPLIERS } from "../../src/commands/appliers.ts";
import { applyEdit } from "../../src/commands/apply-edit.ts";
import { Grants } from "../../src/filter/grants.ts";
import { Audit } from "../../src/gateway/audit.ts";
import type { Applier } from "../../src/path/change.ts";
import { WriterMemory } from "../../src/path/writer-memory.ts";
import { EventLog } from "../../src/sdk/log.ts";
import { type StreamEntry, StreamReader } from "../../src/transfer/reader.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { World } from "./world.ts";

export interface Plant {
  name: string;
  about: string;
  /** Puts the bug in; returns what takes it out again. */
  plant: (world: World) => () => void;
}

const nothing = (): void => {};

export const PLANTS: readonly Plant[] = [
  {
    name: "answer-before-commit",
    about: "the batch is taken for committed as soon as it was sent",
    plant: ({ store }) => {
      store.answersFirst = (text) => text.startsWith("WITH message AS (");
      return nothing;
    },
  },
  {
    name: "xdel-before-commit",
    about: "entries are deleted when they are read",
    plant: () => {
      const { read } = StreamReader.prototype;
      return replace(StreamReader.prototype, "read", async function (this: StreamReader, ms) {
        const entries = await read.call(this, ms);
        if (entries.length > 0) await this.finish(entries, new Map());
        return entries;
      });
    },
  },
  {
    name: "memory-kept",
    about: "numbers in memory outlive a failure and a takeover",
    plant: () => replace(WriterMemory.prototype, "forgetNumbers", nothing),
  },
  {
    name: "on-conflict-do-nothing",
    about: "messages that conflict are left out, and answered",
    plant: ({ store }) => {
      store.rewrite = (text) =>
        text.startsWith("WITH message AS (") ? `${text} ON CONFLICT DO NOTHING` : text;
      return nothing;
    },
  },
  {
    name: "no-fence",
    about: "a session that lost the lock writes on",
    plant: ({ store }) => {
      store.rewrite = (text) => text.replaceAll("linnet_fence(", "open_fence(");
      return nothing;
    },
  },
  {
    name: "no-lock",
    about: "every worker takes itself for the writer",
    plant: ({ store }) => {
      store.tryLock = () => true;
      return nothing;
    },
  },
  {
    name: "takeover-at-end",
    about: "a new writer begins with what comes after its takeover",
    plant: () => {
      const { read } = StreamReader.prototype;
      const passedOver = new WeakMap<StreamReader, Set<string>>();
      return replace(StreamReader.prototype, "read", async function (this: StreamReader, ms) {
        const entries: StreamEntry[] = await read.call(this, ms);
        const passed = passedOver.get(this) ?? new Set(entries.map(({ id }) => id));
        passedOver.set(this, passed);
        const left = entries.filter(({ id }) => !passed.has(id));
        if (left.length < entries.length) await pause(ms);
        return left;
      });
    },
  },
  {
    name: "idempotency-in-memory",
    about: "what is known is known from memory alone",
    plant: ({ store }) => {
      store.tables.hasKeyIndex = false;
      return nothing;
    },
  },
  {
    name: "changes-forgotten",
    about: "that a change was applied is not written down",
    plant: ({ store }) => {
      store.rewrite = (text) => text.replace("INSERT INTO applied", "INSERT INTO nowhere");
      return nothing;
    },
  },
  {
    name: "edit-untold",
    about: "an edit is done, and no log tells of it",
    plant: () => {
      const appliers: Record<number, Applier> = APPLIERS;
      return replace(appliers, CMD.edit, async (context) => {
        return { ...(await applyEdit(context)), effects: [] };
      });
    },
  },
  {
    name: "stale-grants",
    about: "a cached grant is never invalidated",
    plant: () => replace(Grants.prototype, "invalidate", nothing),
  },
  {
    name: "clean-up-lowers",
    about: "clean-up removes the newest message too",
    plant: ({ store }) => {
      store.rewrite = (text) => text.replace("AND NOT due.newest", "");
      return nothing;
    },
  },
  {
    name: "no-audit",
    about: "nobody notices a push that was lost",
    plant: () => replace(Audit.prototype, "tick", nothing),
  },
  {
    name: "sdk-steps-over-gaps",
    about: "the client applies a push beyond a gap",
    plant: () =>
      replace(EventLog.prototype, "offer", function (this: EventLog<unknown>, position, event) {
        return position <= this.have ? [] : this.page([{ position, event }], position);
      }),
  },
];

function replace<Type extends object, Key extends keyof Type>(
  prototype: Type,
  name: Key,
  body: Type[Key],
): () => void {
  const before = prototype[name];
  prototype[name] = body;
  return () => {
    prototype[name] = before;
  };
}
