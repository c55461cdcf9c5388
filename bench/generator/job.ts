// What the orchestrator asks of a generator process, and what it gets back. Plain JSON both ways.
import type { Framing } from "../../src/wire/frame.ts";
import type { LatencyMs } from "./latency.ts";

/** Whom a lane's messages go to, and how many are under way at a time. */
export interface LaneSpec {
  /** Index of the sending connection. */
  readonly sender: number;
  /** Indexes of the connections that must get each message, each exactly once. */
  readonly receivers: readonly number[];
  readonly cmd: number;
  readonly bodyBytes: number;
  /** Exactly one of the two is given. */
  readonly to?: string;
  readonly conversationId?: number;
  readonly conversationType?: number;
  /** Sends no more than this; absent: as long as the run lasts. */
  readonly most?: number;
  /** The frame as another server wants it, with {localId} and {text} in their places. */
  readonly frame?: string;
  /** Message type; absent: text. */
  readonly type?: number;
  /** False: a push that is not stored (93). */
  readonly stored: boolean;
}

export interface ConnectionSpec {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What another server wants to hear before messages, in order. */
  readonly opening?: readonly OpeningStep[];
}

/** Waits for a frame that holds a text (none: at once), then says something (none: nothing). */
export interface OpeningStep {
  readonly awaits?: string;
  readonly says?: string;
}

export interface TrafficJob {
  readonly kind: "traffic";
  readonly host: string;
  readonly ports: readonly number[];
  readonly framing: Framing;
  /** Another server than Linnet: its subprotocol. An answer there is known by its localId alone. */
  readonly foreign?: { readonly subprotocol: string };
  readonly connections: readonly ConnectionSpec[];
  readonly lanes: readonly LaneSpec[];
  /** Whether a greeting is waited for on each connection. */
  readonly greeting: boolean;
  /** Whether each message is answered to its sender. */
  readonly answered: boolean;
  /** Messages under way in each lane (closed loop), or 0. */
  readonly window: number;
  /** The window is one over all lanes, which send in turn. */
  readonly inTurn?: boolean;
  /** Messages a second over all lanes (open loop), or 0. */
  readonly rate: number;
  /** Sending ends with this many over all lanes, 0 for when the time is over. */
  readonly messagesMost: number;
  /** Each receiver says how far it has read with every so manieth message, 0 for never. */
  readonly readEvery: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly processes: ProcessIds;
}

/** Process ids by what they are; of Postgres the postmaster, whose children are counted with it. */
export type ProcessIds = Readonly<Record<string, readonly number[]>>;

export interface TrafficResult {
  /** Over the whole run, warm-up and drain with it. */
  readonly offered: number;
  readonly sent: number;
  readonly answered: number;
  readonly delivered: number;
  readonly deliveriesExpected: number;
  readonly lost: number;
  readonly unanswered: number;
  readonly duplicated: number;
  readonly disordered: number;
  /** Connections that the server had closed by the end. */
  readonly closed: number;
  /** Answers other than 200, by their code. */
  readonly refused: Readonly<Record<string, number>>;
  /** In the measured seconds. */
  readonly seconds: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly perSecond: number;
  readonly deliveriesPerSecond: number;
  readonly deliveryMs: LatencyMs;
  readonly answerMs: LatencyMs;
  /** From the intended send time to the last of a message's receivers. */
  readonly lastMemberMs: LatencyMs;
  readonly cpuMicros: Readonly<Record<string, number>>;
  readonly cpuMicrosPerMessage: Readonly<Record<string, number>>;
  readonly rssKib: Readonly<Record<string, number>>;
  /** Share of the measured time in which the generator was on its core. */
  readonly generatorBusy: number;
  /** Open loop: how late frames left, at the 99th percentile. */
  readonly latenessMs: number;
  readonly connectsPerSecond: number;
}

interface ServerAddress {
  readonly host: string;
  readonly ports: readonly number[];
  readonly framing: Framing;
  readonly connections: readonly ConnectionSpec[];
}

export interface HeldJob extends ServerAddress {
  readonly kind: "held";
  readonly greeting: boolean;
  /** Each sends a heartbeat so often, the one after the other; absent: none does. */
  readonly heartbeatMs?: number;
}

export interface HeldResult {
  readonly opened: number;
  readonly closed: number;
  readonly connectsPerSecond: number;
}

export interface CatchUpJob extends ServerAddress {
  readonly kind: "catch-up";
  readonly rounds: number;
  readonly pageEvents: number;
  readonly processes: ProcessIds;
}

export interface CatchUpResult {
  readonly users: number;
  readonly rounds: number;
  readonly events: number;
  readonly holes: number;
  readonly seconds: number;
  /** Until the last user of a round has all, ms. */
  readonly roundMs: number;
  readonly eventsPerSecond: number;
  readonly greetedMs: LatencyMs;
  readonly firstPageMs: LatencyMs;
  readonly lastPageMs: LatencyMs;
  readonly cpuMicrosPerEvent: Readonly<Record<string, number>>;
}

/** What a generator prints as its last line. */
export type Reply<Result> = { readonly ok: Result } | { readonly failed: string };
