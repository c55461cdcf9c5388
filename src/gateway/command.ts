/** What a command that is not a plain message is given, and what it answers. */
import type { Sender } from "../path/ingest.ts";
import type { Data, Envelope, MessageExtra, Route } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { PageList } from "../wire/frame.ts";

export interface CommandContext {
  slot: number;
  sender: Sender;
  envelope: Envelope;
  cmd: number;
  localId: string;
}

export interface CommandAnswer {
  code: number;
  message: string;
  data: Data | undefined;
  /** A list in `data` whose entries are encoded as they were pushed. */
  page?: PageList;
  /** Of the answer to a send. */
  route?: Route;
  messageExtra?: MessageExtra;
  /** Runs in the tick in which the answer is sent, after it. */
  sent?: () => void;
}

export type Command = (context: CommandContext) => Promise<CommandAnswer>;

/** Command code → what handles it. */
export type Commands = Readonly<Record<number, Command>>;

export function answered(code: number, data?: Data): CommandAnswer {
  return { code, message: "", data };
}

export function listed(data: Data, page: PageList): CommandAnswer {
  return { code: CODE.ok, message: "", data, page };
}

export function refusedWith(code: number, message: string): CommandAnswer {
  return { code, message, data: undefined };
}
