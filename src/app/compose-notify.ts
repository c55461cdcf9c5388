/** Joins what a worker tells the world outside: hooks of the host application, offline pushes. */
import { Duty } from "../notify/duty.ts";
import { calledBack, concerned, insertCallbacks, insertConcerned } from "../notify/callbacks.ts";
import { type HookTarget, Outbox } from "../notify/outbox.ts";
import { insertOutbox, outboxRows } from "../notify/outbox-rows.ts";
import { dueRows, insertDue, PushUsers } from "../notify/push-due.ts";
import { Pusher } from "../notify/pusher.ts";
import { Turns } from "../notify/turns.ts";
import type { Alongside } from "../path/alongside.ts";
import type { Transaction } from "../postgres/client.ts";
import type { BatchRows } from "../store/batch.ts";
import { insertMentions, namedUsers } from "../store/mentions.ts";
import { insertReadTimeouts, timedMessages } from "../store/read-timeouts.ts";
import { markQuiet, quietConversations } from "../store/untold-reads.ts";
import { composeProviders } from "./compose-push.ts";
import type { Shared } from "./shared.ts";

export interface Notifying {
  alongside: Alongside;
  start(): void;
  stop(): Promise<void>;
}

/** What one of those who write alongside has for a batch; undefined for nothing. */
type Writing = (rows: BatchRows) => ((tx: Transaction) => Promise<unknown>) | undefined;

const FIRST_RETRY_MS = 500;

export function composeNotify(shared: Shared): Notifying {
  const { values, webhookEvents, callbackUrls } = shared.config;
  const writings: Writing[] = [readTimeoutWriting, mentionWriting, quietWriting];
  const loops: Turns[] = [];
  const closing: (() => void)[] = [];
  const hook = hookOf(shared);
  if (hook !== undefined) writings.push(hookWriting(webhookEvents));
  if (callbackUrls.length > 0) writings.push(callbackWriting);
  if (hook !== undefined || callbackUrls.length > 0) {
    const duty = dutyOf(shared, "outbox");
    const outbox = new Outbox({ ...shared, duty, hook, hoursMax: values.LINNET_OUTBOX_HOURS });
    loops.push(new Turns({ ...shared, duty, turn: () => outbox.turn() }));
  }
  const providers = composeProviders(shared);
  const users = new PushUsers(shared.sql);
  if (providers.size > 0) {
    writings.push(pushWriting(users, values.LINNET_PUSH_AFTER_MS));
    const pusher = new Pusher({ ...shared, providers });
    loops.push(new Turns({ ...shared, duty: dutyOf(shared, "push"), turn: () => pusher.turn() }));
    for (const provider of providers.values()) closing.push(() => provider.close?.());
  }
  return {
    alongside: { of: (rows) => joined(writings, rows) },
    start() {
      if (providers.size > 0) users.start();
      for (const loop of loops) loop.start();
    },
    async stop() {
      users.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      for (const close of closing) close();
    },
  };
}

function joined(writings: readonly Writing[], rows: BatchRows): ReturnType<Writing> {
  const work = writings.map((writing) => writing(rows)).filter((one) => one !== undefined);
  if (work.length === 0) return undefined;
  return (tx) => Promise.all(work.map((one) => one(tx)));
}

function dutyOf(shared: Shared, name: string): Duty {
  return new Duty({ ...shared, name, holder: shared.gatewayId });
}

function hookOf({ config: { values } }: Shared): HookTarget | undefined {
  if (values.LINNET_WEBHOOK_URL === "") return undefined;
  return {
    url: values.LINNET_WEBHOOK_URL,
    secret: values.LINNET_WEBHOOK_SECRET,
    timeoutMs: values.LINNET_WEBHOOK_TIMEOUT_MS,
    attemptsMax: values.LINNET_WEBHOOK_ATTEMPTS,
    firstRetryMs: FIRST_RETRY_MS,
  };
}

function hookWriting(wanted: ReadonlySet<string>): Writing {
  return (rows) => {
    const out = outboxRows(rows, wanted);
    return out.length === 0 ? undefined : (tx) => insertOutbox(tx, out);
  };
}

const callbackWriting: Writing = (rows) => {
  const messages = calledBack(rows.messages);
  const later = concerned(rows);
  const isNone = messages.length + later.changes.length + later.cursors.length === 0;
  if (isNone) return undefined;
  return async (tx) => {
    if (messages.length > 0) await insertCallbacks(tx, messages);
    await insertConcerned(tx, later);
  };
};

const readTimeoutWriting: Writing = (rows) => {
  const timed = timedMessages(rows.messages);
  return timed.length === 0 ? undefined : (tx) => insertReadTimeouts(tx, timed);
};

const mentionWriting: Writing = (rows) => {
  const named = namedUsers(rows.messages);
  return named.length === 0 ? undefined : (tx) => insertMentions(tx, named);
};

const quietWriting: Writing = (rows) => {
  const quiet = quietConversations(rows.messages);
  return quiet.length === 0 ? undefined : (tx) => markQuiet(tx, quiet);
};

function pushWriting(users: PushUsers, afterMs: number): Writing {
  return (rows) => {
    const due = dueRows(rows, users);
    return due.length === 0 ? undefined : (tx) => insertDue(tx, due, afterMs);
  };
}
