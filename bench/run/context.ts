// What every scenario gets: the flags, the services, the cores, and how to tell what goes on.
import type { Framing } from "../../src/wire/frame.ts";
import type { Cores } from "../machine/cores.ts";
import type { Services } from "../machine/services.ts";

export interface Flags {
  readonly framing: Framing;
  readonly pairs: number;
  readonly window: number;
  readonly rate: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly trials: number;
  readonly bodyBytes: number;
  readonly connections: number;
  /** Conversations at most, where a scenario asks how many. */
  readonly conversations: number;
  /** Events that a user has missed. */
  readonly missed: number;
  /** Members of a group at most. */
  readonly members: number;
  /** A deployment that stands already; then nothing is started. */
  readonly url: string | undefined;
  readonly appKey: string | undefined;
  /** Curves of scale; undefined: all. */
  readonly curves: readonly string[] | undefined;
  readonly limits: readonly string[] | undefined;
  readonly profile: string | undefined;
  readonly address: "to" | "conversation";
}

export interface Context {
  readonly flags: Flags;
  readonly cores: Cores | undefined;
  /** Undefined against a deployment that stands already. */
  readonly services: Services | undefined;
  /** Says what is going on, on the terminal. */
  tell: (what: string) => void;
}
