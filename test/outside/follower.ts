/**
 * A client that obeys the documented rules: the rule for pts, hints, sync page by page, wide logs,
 * the same `localId` until the outcome is known. It keeps every log it followed, for comparison.
 */

import { eventOf, LogCursor, type LogEvent } from "./cursor.ts";
import type { Data, Envelope, Framing } from "./framing.ts";
import { after, pace, reasonOf, sendsPerSecondMax, until, wait } from "../support/pace.ts";
import {
  type Answer,
  type Closed,
  code,
  connectPatiently,
  describe,
  type RawClient,
} from "./raw-client.ts";

export interface FollowerOptions {
  user: string;
  device: string;
  token: string;
  framing: Framing;
  /** Base addresses; each connection takes the next one. */
  urls: readonly string[];
  pageLimit?: number;
}

const gapWaitMs = 500;

export class Follower {
  readonly options: FollowerOptions;
  readonly own: LogCursor;
  readonly wide = new Map<string, LogCursor>();
  readonly faults: string[] = [];
  /** Connections that the server ended, with code and reason. */
  readonly losses: string[] = [];
  readonly counts = { connects: 0, hints: 0, syncs: 0, resends: 0, pushes: 0 };
  readonly badCodes = new Map<number, number>();
  #client: RawClient | undefined;
  #epoch = "";
  readonly #sent = new Map<string, Envelope>();
  readonly #orphans = new Map<string, LogEvent[]>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #gapTimers = new Map<string, ReturnType<typeof after>>();
  readonly #turn = pace(sendsPerSecondMax);
  #requests = 0;

  constructor(options: FollowerOptions) {
    this.options = options;
    this.own = new LogCursor(`${options.user}/${options.device}`);
  }

  get isOnline(): boolean {
    return this.#client !== undefined && !this.#client.isClosed;
  }

  /** True when no sync runs and nothing waits for a missing number. */
  get isSettled(): boolean {
    if (this.#running.size > 0 || this.own.waits) return false;
    return [...this.wide.values()].every((cursor) => !cursor.waits);
  }

  /** Connects and starts to catch up; does not wait for the end of it. */
  async start(): Promise<void> {
    const { urls, token, device, framing } = this.options;
    const base = urls[this.counts.connects % urls.length] ?? "";
    this.counts.connects += 1;
    const early: Envelope[] = [];
    let live: RawClient | undefined;
    const client = await connectPatiently({
      base,
      token,
      device,
      framing,
      keep: false,
      // Frames that come in the same breath as the greeting wait until the cursors know of it.
      onFrame: (frame) => (live ? this.#onFrame(frame.envelope) : early.push(frame.envelope)),
    });
    this.#client = client;
    this.#greet(client);
    live = client;
    for (const envelope of early.slice(1)) this.#onFrame(envelope);
    void client.closed.then((closed) => {
      if (this.#client === client) this.#onLoss(closed);
    });
    this.#sync("list");
  }

  /** Leaves, with a close frame or without one. */
  drop(abruptly: boolean): void {
    if (abruptly) this.#client?.terminate();
    else this.#client?.close();
    this.#client = undefined;
  }

  /** Sends, in every attempt the same, until the outcome is known; survives `drop`. */
  async send(message: Envelope, timeoutMs = 120_000): Promise<Answer | undefined> {
    const localId = message.header?.localId ?? "";
    this.#sent.set(localId, message);
    const endMs = performance.now() + timeoutMs;
    let answer: Answer | undefined;
    for (let attempt = 0; performance.now() < endMs; attempt += 1) {
      await this.#turn();
      if (!(await until(() => this.isOnline, endMs - performance.now(), 20))) break;
      if (attempt > 0) this.counts.resends += 1;
      answer = await this.#client?.request(message, 12_000);
      const number = code(answer);
      if (answer && ![429, 503, 504].includes(number)) break;
      this.badCodes.set(number, (this.badCodes.get(number) ?? 0) + 1);
      await wait(200);
    }
    return answer;
  }

  get #name(): string {
    return `${this.options.user}/${this.options.device}`;
  }

  /** Codes below 4100 say: don't come back by yourself. */
  #onLoss(closed: Closed): void {
    this.#client = undefined;
    this.losses.push(`${this.#name}: the server closed with ${closed.code} ${closed.reason}`);
    if (closed.code >= 4000 && closed.code < 4100) return;
    void this.start().catch((error: unknown) =>
      this.faults.push(`${this.#name}: ${reasonOf(error)}`),
    );
  }

  #greet(client: RawClient): void {
    const data = client.greeting?.content?.data;
    const { epoch, pts } = data ?? {};
    if (client.greeting?.direction !== 3 || Number(client.greeting.cmd ?? 0) !== 0) {
      this.faults.push(`${this.#name}: the first frame is no greeting`);
    }
    if (epoch === undefined || pts === undefined) {
      this.faults.push(`${this.#name}: the greeting says ${JSON.stringify(data)}`);
      return;
    }
    if (this.#epoch !== "" && this.#epoch !== epoch) {
      this.faults.push(`${this.#name}: the epoch changed`);
    }
    this.#epoch = epoch;
    if (pts < this.own.have) this.faults.push(`${this.#name}: pts ${pts} after ${this.own.have}`);
    if (pts > this.own.have) this.#sync("own");
  }

  #onFrame(envelope: Envelope): void {
    const extra = envelope.messageExtra;
    if (envelope.direction === 2) {
      if (code(envelope) === 200 && extra?.messageId !== undefined) this.#onAnswer(envelope);
      return;
    }
    if (envelope.direction !== 3) {
      this.faults.push(`${this.#name}: a frame with direction ${envelope.direction}`);
      return;
    }
    if (Number(envelope.cmd) === 71) {
      this.#onHint(envelope);
      return;
    }
    this.counts.pushes += 1;
    this.#route(envelope);
  }

  /** The answer to a send is this connection's copy of its own event. */
  #onAnswer(answer: Envelope): void {
    const sent = this.#sent.get(answer.header?.localId ?? "");
    const { pts, conversationPts, duplicate } = answer.messageExtra ?? {};
    if (pts === undefined && conversationPts === undefined && duplicate !== true) {
      this.faults.push(`${this.#name}: an answer with neither pts nor conversationPts`);
    }
    this.#route({ ...answer, ...(sent?.content ? { content: sent.content } : {}) });
  }

  #route(envelope: Envelope): void {
    const { pts, conversationPts } = envelope.messageExtra ?? {};
    if (pts !== undefined) {
      this.own.offer(eventOf(envelope, pts), this.#apply);
      if (this.own.waits) this.#waitForGap("own");
    } else if (conversationPts !== undefined) {
      this.#offerWide(eventOf(envelope, conversationPts));
    }
  }

  #offerWide(event: LogEvent): void {
    const cursor = this.wide.get(event.conversationId);
    if (cursor) {
      cursor.offer(event, this.#apply);
      if (cursor.waits) this.#waitForGap(event.conversationId);
      return;
    }
    const orphans = this.#orphans.get(event.conversationId) ?? [];
    orphans.push(event);
    this.#orphans.set(event.conversationId, orphans);
  }

  readonly #apply = (event: LogEvent): void => {
    const data = event.envelope?.content?.data;
    event.envelope = undefined;
    if (event.cmd === 33 && data?.wide === true) {
      this.#openWide(event.conversationId, data.conversationPts ?? 0);
    }
  };

  #openWide(conversationId: string, have: number): void {
    if (this.wide.has(conversationId)) return;
    this.wide.set(conversationId, new LogCursor(`${this.#name} in ${conversationId}`, have));
    for (const orphan of this.#orphans.get(conversationId) ?? []) this.#offerWide(orphan);
    this.#orphans.delete(conversationId);
    this.#sync(conversationId);
  }

  #onHint(envelope: Envelope): void {
    this.counts.hints += 1;
    const data = envelope.content?.data ?? {};
    const conversationId = String(data.conversationId ?? envelope.route?.conversationId ?? "");
    this.#sync(data.conversationPts === undefined ? "own" : conversationId);
  }

  #waitForGap(key: string): void {
    if (this.#gapTimers.has(key)) return;
    const timer = after(gapWaitMs, () => {
      this.#gapTimers.delete(key);
      const cursor = key === "own" ? this.own : this.wide.get(key);
      if (cursor?.waits && this.isOnline) this.#sync(key);
    });
    this.#gapTimers.set(key, timer);
  }

  /** One sync of a log at a time; asked for meanwhile, it runs once more. */
  #sync(key: string): void {
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    const client = this.#client;
    if (!client) return;
    this.#running.add(key);
    this.counts.syncs += 1;
    const work = key === "list" ? this.#readList(client) : this.#readPages(client, key);
    void work
      .catch((error: unknown) => this.faults.push(`${this.#name}: sync ${key}: ${reasonOf(error)}`))
      .finally(() => {
        this.#running.delete(key);
        const moved = this.#client !== client;
        if (this.#again.delete(key) || (moved && this.isOnline)) this.#sync(key);
      });
  }

  async #readPages(client: RawClient, key: string): Promise<void> {
    const own = key === "own";
    for (;;) {
      const cursor = own ? this.own : this.wide.get(key);
      if (!cursor) return;
      const position = own ? { pts: cursor.have } : { conversationPts: cursor.have };
      const limit = this.options.pageLimit ?? 200;
      const data = await this.#ask(client, {
        cmd: 71,
        ...(own ? {} : { route: { conversationId: key } }),
        content: { data: { epoch: this.#epoch, ...position, limit } },
      });
      if (!data) return;
      if (data.reset) this.faults.push(`${this.#name}: reset of ${key} at ${cursor.have}`);
      if ((data.events?.length ?? 0) > limit) this.faults.push(`${this.#name}: page over limit`);
      for (const event of data.events ?? []) {
        const extra = event.messageExtra;
        const n = own ? extra?.pts : extra?.conversationPts;
        if (n === undefined) this.faults.push(`${this.#name}: an event without number in ${key}`);
        else cursor.offer(eventOf(withConversation(event, own, key), n), this.#apply);
      }
      const reached = own ? data.pts : data.conversationPts;
      if (reached !== undefined) cursor.reach(reached, this.#apply);
      if (data.final) return;
    }
  }

  /** Reads the conversation list for wide conversations that are ahead of what is held. */
  async #readList(client: RawClient): Promise<void> {
    // The own log first: it says from where a wide conversation is followed.
    await until(() => !this.#running.has("own") || client.isClosed, 60_000, 20);
    let cursor = "";
    for (;;) {
      const page = { limit: 100, ...(cursor === "" ? {} : { cursor }) };
      const data = await this.#ask(client, { cmd: 72, content: { data: page } });
      if (!data) return;
      for (const entry of data.conversations ?? []) {
        const id = entry.conversationId ?? "";
        if (entry.conversationPts === undefined) continue;
        if (!this.wide.has(id)) this.#openWide(id, 0);
        else if (entry.conversationPts > (this.wide.get(id)?.have ?? 0)) this.#sync(id);
      }
      if (data.final || !data.cursor || data.cursor === cursor) return;
      cursor = data.cursor;
    }
  }

  /** A request that is asked again while the server says "later"; `undefined` once disconnected. */
  async #ask(client: RawClient, request: Envelope): Promise<Data | undefined> {
    while (!client.isClosed) {
      this.#requests += 1;
      const header = { localId: `ask-${this.#requests}` };
      const answer = await client.request({ ...request, header }, 15_000);
      if (code(answer) === 200) return answer?.response.data ?? {};
      if (client.isClosed) return undefined;
      if (answer && ![429, 503, 504].includes(code(answer))) throw new Error(describe(answer));
      await wait(200);
    }
    return undefined;
  }
}

/** A wide log's page may leave the conversation to the request's route. */
function withConversation(event: Envelope, own: boolean, conversationId: string): Envelope {
  if (own || event.route?.conversationId !== undefined) return event;
  return { ...event, route: { ...event.route, conversationId } };
}
