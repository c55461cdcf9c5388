// Another server under the same generator and work: how it is started, and how its clients speak.
import type { OpeningStep } from "../generator/job.ts";
import type { Program } from "../machine/programs.ts";
import type { Services } from "../machine/services.ts";

export interface Rival {
  readonly name: string;
  /** How to get it, where it isn't there. */
  readonly install: string;
  /** What is done for each message, and what isn't. */
  readonly work: string;
  /** Whether a sender is told that its message was stored. */
  readonly answers: boolean;
  readonly subprotocol: string;
  isInstalled(): boolean;
  start(services: Services, users: number): Promise<Program>;
  path(user: number): string;
  opening(user: number): readonly OpeningStep[];
  /** A text frame with {localId} and {text} in their places. */
  frame(to: number): string;
}
