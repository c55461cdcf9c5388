/** Carries out the bursts: strikes while sends are under way, heals, and writes the times down. */
import { pause } from "../../src/base/backoff.ts";
import * as client from "./client-faults.ts";
import type { FaultMaker, Scene } from "./fault.ts";
import type { Journal } from "./journal.ts";
import type { FaultName, PlannedFault } from "./schedule.ts";
import * as server from "./server-faults.ts";
import type { Traffic } from "./traffic.ts";

const MAKERS: Readonly<Record<FaultName, FaultMaker>> = {
  redisKill: server.redisKill,
  redisEmpty: server.redisEmpty,
  postgresKill: server.postgresKill,
  writerPause: server.writerPause,
  workerKill: server.workerKill,
  gatewayKill: server.gatewayKill,
  flushAll: server.flushAll,
  clientKill: server.clientKill,
  cutRedis: server.cutRedis,
  cutPostgres: server.cutPostgres,
  clockJump: server.clockJump,
  gatewayPause: server.gatewayPause,
  sendsTwice: client.sendsTwice,
  connectionCut: client.connectionCut,
  halfOpen: client.halfOpen,
  kick: client.kick,
  turnsWide: client.turnsWide,
  stopsReading: client.stopsReading,
  slowNetwork: client.slowNetwork,
  delay: client.delay,
};

/** So long a fault waits for a moment at which a send is under way. */
const WORK_WAIT_MS = 400;
/** A fault whose target others have in hand is tried again for so long. */
const TARGET_WAIT_MS = 3000;

export class Striker {
  readonly #scene: Scene;
  readonly #journal: Journal;
  readonly #traffic: Traffic;
  /** Those that strike or wait to be healed now, for the live line. */
  readonly under = new Set<string>();
  count = 0;

  constructor(scene: Scene, journal: Journal, traffic: Traffic) {
    this.#scene = scene;
    this.#journal = journal;
    this.#traffic = traffic;
  }

  /** Settles when every fault of the burst is healed. */
  async burst(faults: readonly PlannedFault[]): Promise<void> {
    await Promise.all(faults.map((fault) => this.#carryOut(fault)));
  }

  async #carryOut({ name, offsetMs, durationMs }: PlannedFault): Promise<void> {
    await pause(offsetMs);
    const endMs = performance.now() + TARGET_WAIT_MS;
    let aim = await MAKERS[name](this.#scene);
    while (aim === undefined && performance.now() < endMs) {
      await pause(100);
      aim = await MAKERS[name](this.#scene);
    }
    if (aim === undefined) return this.#journal.problem(`${name} found nothing to strike`);
    await this.#workUnderWay();
    const atMs = this.#journal.nowMs();
    const { inFlight } = this.#traffic;
    this.count += 1;
    this.under.add(name);
    await aim.strike();
    await pause(durationMs);
    await aim.heal();
    this.under.delete(name);
    const endedMs = this.#journal.nowMs();
    const { target } = aim;
    this.#journal.add({ kind: "fault", atMs, endMs: endedMs, name, target, inFlight });
  }

  async #workUnderWay(): Promise<void> {
    const endMs = performance.now() + WORK_WAIT_MS;
    while (this.#traffic.inFlight === 0 && performance.now() < endMs) await pause(1);
  }
}
