// Lanes of messages, closed loop (a window each) or open loop (a rate over all), each followed to
// every receiver and to its answer.
import { rssKib, startCpuMeter } from "../machine/processes.ts";
import type { TrafficJob, TrafficResult } from "./job.ts";
import { Lane } from "./lane.ts";
import { Latency } from "./latency.ts";
import { Ledger } from "./ledger.ts";
import { openAll } from "./open-all.ts";
import { TrafficConnection } from "./traffic-connection.ts";

/** Above the time after which the server answers 504. */
const DRAIN_MOST_MS = 15_000;

export async function runTraffic(job: TrafficJob): Promise<TrafficResult> {
  return new Traffic(job).run();
}

class Traffic {
  readonly #job: TrafficJob;
  readonly #ledger: Ledger;
  readonly #connections: TrafficConnection[];
  readonly #lanes: Lane[];
  readonly #lateness = new Latency();
  #sending = false;
  #closed = 0;
  /** The lane whose turn it is. */
  #next = 0;

  constructor(job: TrafficJob) {
    this.#job = job;
    this.#ledger = new Ledger(
      job.lanes.map((lane) => lane.receivers.length),
      job.answered,
      job.messagesMost,
    );
    this.#connections = job.connections.map(
      (spec, index) => new TrafficConnection(job, spec, index, this.#ledger),
    );
    const tag = crypto.randomUUID().slice(0, 8);
    const alone = job.rate > 0 || job.inTurn === true;
    const { framing } = job;
    this.#lanes = job.lanes.map((spec, n) => new Lane(n, spec, { framing, tag, alone }));
    for (const lane of this.#lanes) lane.attach(this.#connections, this.#ledger, this.#onComplete);
    if (!alone && this.#connections.some((connection) => connection.isShared)) {
      throw new Error("lanes that share a connection need a rate, or to send in turn");
    }
  }

  async run(): Promise<TrafficResult> {
    const job = this.#job;
    const connectsPerSecond = await openAll(this.#connections);
    this.#sending = true;
    const looping = job.rate > 0 ? this.#openLoop() : this.#closedLoop();
    await Bun.sleep(job.warmUpSeconds * 1000);
    while (job.messagesMost > 0 && !this.#ledger.isFull) await Bun.sleep(10);
    const measured = await this.#measure();
    this.#sending = false;
    await looping;
    await this.#drain();
    this.#closed = this.#connections.filter((connection) => connection.closeCode !== 0).length;
    for (const connection of this.#connections) connection.close();
    return { ...this.#totals(), ...measured, connectsPerSecond };
  }

  async #measure() {
    const ledger = this.#ledger;
    const { processes, seconds } = this.#job;
    const all = { ...processes, generator: [process.pid] };
    const spent = startCpuMeter(all);
    const [delivered, completed, startMs] = [ledger.delivered, ledger.completed, performance.now()];
    ledger.measuring = true;
    await Bun.sleep(seconds * 1000);
    const spentSeconds = (performance.now() - startMs) / 1000;
    ledger.measuring = false;
    const messages = ledger.completed - completed;
    const deliveries = ledger.delivered - delivered;
    const cpu = spent();
    const each = Math.max(messages, 1);
    return {
      seconds: spentSeconds,
      messages,
      deliveries,
      perSecond: messages / spentSeconds,
      deliveriesPerSecond: deliveries / spentSeconds,
      deliveryMs: ledger.delivery.summary(),
      answerMs: ledger.answer.summary(),
      lastMemberMs: ledger.lastMember.summary(),
      cpuMicros: cpu,
      cpuMicrosPerMessage: Object.fromEntries(
        Object.entries(cpu).map(([name, micros]) => [name, micros / each]),
      ),
      rssKib: rssKib(all),
      generatorBusy: (cpu["generator"] ?? 0) / (spentSeconds * 1e6),
      latenessMs: this.#lateness.summary().p99,
    };
  }

  #totals() {
    const ledger = this.#ledger;
    const refused = Object.values(ledger.refused).reduce((sum, count) => sum + count, 0);
    return {
      offered: ledger.sent,
      sent: ledger.sent,
      answered: ledger.answered,
      delivered: ledger.delivered,
      deliveriesExpected: ledger.deliveriesExpected,
      lost: ledger.deliveriesExpected - ledger.delivered,
      unanswered: this.#job.answered ? ledger.sent - ledger.answered - refused : 0,
      duplicated: ledger.duplicated,
      disordered: ledger.disordered,
      closed: this.#closed,
      refused: ledger.refused,
    };
  }

  readonly #onComplete = (lane: Lane, count: number): void => {
    const { rate, inTurn } = this.#job;
    if (!this.#sending || rate > 0) return;
    if (inTurn) this.#sendInTurn(count, performance.now());
    else lane.send(count, performance.now());
  };

  #sendInTurn(count: number, dueMs: number): void {
    const lanes = this.#lanes;
    for (let left = count; left > 0; left--) {
      (lanes[this.#next] as Lane).send(1, dueMs);
      this.#next = this.#next + 1 === lanes.length ? 0 : this.#next + 1;
    }
  }

  async #closedLoop(): Promise<void> {
    const nowMs = performance.now();
    const { window, inTurn } = this.#job;
    if (inTurn) return this.#sendInTurn(window, nowMs);
    for (const lane of this.#lanes) lane.send(window, nowMs);
  }

  /** Looks at the clock on every turn of the event loop, so that frames leave when they are due. */
  async #openLoop(): Promise<void> {
    const everyMs = 1000 / this.#job.rate;
    let dueMs = performance.now();
    while (this.#sending && !this.#ledger.isFull) {
      const nowMs = performance.now();
      for (; dueMs <= nowMs; dueMs += everyMs) {
        this.#sendInTurn(1, dueMs);
        if (this.#ledger.measuring) this.#lateness.record(nowMs - dueMs);
      }
      await turn();
    }
  }

  /** Until all is in, or no answer can come any more. */
  async #drain(): Promise<void> {
    const ledger = this.#ledger;
    const endMs = performance.now() + DRAIN_MOST_MS;
    while (ledger.completed < ledger.sent && performance.now() < endMs) await Bun.sleep(10);
    // A duplicate would come after the first: give it a moment.
    await Bun.sleep(50);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
