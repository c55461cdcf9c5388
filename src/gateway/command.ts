/** What a command that is not a plain message is given, and what it answers. */
import type { Sender } from "../path/ingest.ts";
import type { Data, Envelope, MessageExtra, Route } from "../wire/envelope.ts";

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

export function refusedWith(code: number, message: string): CommandAnswer {
  return { code, message, data: undefined };
}
