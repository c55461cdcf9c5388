/** Joins what a worker tells the world outside: hooks of the host application. */
import type { Clock } from "../base/clock.ts";
import { Duty } from "../notify/duty.ts";
import { type HookTarget, Outbox } from "../notify/outbox.ts";
import { insertOutbox, outboxRows } from "../notify/outbox-rows.ts";
import { Turns } from "../notify/turns.ts";
import type { Alongside } from "../path/alongside.ts";
import type { Transaction } from "../postgres/client.ts";
import type { BatchRows } from "../store/batch.ts";
import type { Shared } from "./shared.ts";

export interface Notifying {
  /** Undefined when nobody is to be told of anything: then a message costs nothing more. */
  alongside: Alongside | undefined;
  start(): void;
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 500;

export function composeNotify(shared: Shared): Notifying {
  const hook = hookOf(shared);
  const loops: Turns[] = [];
  if (hook !== undefined) {
    const duty = dutyOf(shared, "outbox");
    const hoursMax = shared.config.values.LINNET_OUTBOX_HOURS;
    const outbox = new Outbox({ ...shared, duty, hook, hoursMax });
    loops.push(new Turns({ ...shared, duty, turn: () => outbox.turn() }));
  }
  const { webhookEvents } = shared.config;
  return {
    alongside: hook === undefined ? undefined : outboxAlongside(webhookEvents),
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

function dutyOf(
  shared: { sql: Shared["sql"]; clock: Clock; gatewayId: string },
  name: string,
): Duty {
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

function outboxAlongside(wanted: ReadonlySet<string>): Alongside {
  return {
    of(rows: BatchRows) {
      const out = outboxRows(rows, wanted);
      return out.length === 0 ? undefined : (tx: Transaction) => insertOutbox(tx, out);
    },
  };
}
