/** One world: the models, the machines on them, the clients, and what was seen. */
import type { Random } from "../chaos/random.ts";
import type { LocalGateway } from "../../src/delivery/router.ts";
import type { Socket } from "../../src/gateway/sessions.ts";
import { type Asked, type AskedOperation, type GroupName, type Sent, USERS } from "./cast.ts";
import { SimClient } from "./client.ts";
import { composeGateway, composeWorker, type Gateway } from "./compose.ts";
import { publishTo, type ServerSocket, type SocketServer } from "./network.ts";
import { RedisLink } from "./redis-link.ts";
import { RedisServer } from "./redis-model.ts";
import { Scheduler, SimProcess } from "./scheduler.ts";
import { storeSql } from "./store-client.ts";
import { StoreServer } from "./store-model.ts";
import type { Trace } from "./trace.ts";

const POOL = 4;

export class World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly store: StoreServer;
  readonly redis: RedisServer;
  readonly machines: MachineNode[] = [];
  readonly clients: SimClient[] = [];
  readonly sends = new Map<string, Sent>();
  /** Updates and mutes of groups, in the order in which they were asked for. */
  readonly changes: Asked[] = [];
  /** Recalls and edits of messages, in the order in which they were asked for. */
  readonly operations: AskedOperation[] = [];
  readonly violations: string[] = [];
  readonly counts = { faults: 0, answers: 0, pushes: 0, renumbered: 0, replayed: 0 };
  /** Ids of the groups, once they are made. */
  readonly groups: Record<GroupName, number> = { narrow: 0, wide: 0, turning: 0 };
  /** "group user": who may be refused there, since he was sent away once. */
  readonly sentAway = new Set<string>();
  /** "group user": who may be refused there, since he was silenced once. */
  readonly muted = new Set<string>();

  constructor(random: Random, trace: Trace) {
    this.random = random;
    this.trace = trace;
    this.scheduler = new Scheduler(trace);
    this.store = new StoreServer(this.scheduler, random.fork());
    this.redis = new RedisServer(this.scheduler, random.fork());
  }

  /** Fills the tables and starts everybody. */
  start(): void {
    for (const [at, name] of USERS.entries()) this.store.tables.users.set(at + 1, name);
    for (let a = 1; a <= USERS.length; a++) {
      for (let b = 1; b <= USERS.length; b++)
        if (a !== b) this.store.tables.friends.add(`${a}:${b}`);
    }
    const apart = this.random.chance(0.5);
    const roles = apart ? ["gateway", "gateway", "worker", "worker"] : ["both", "both"];
    if (!apart && this.random.chance(0.5)) roles.push("gateway");
    for (const [at, role] of roles.entries()) {
      this.machines.push(new MachineNode(this, `${role.charAt(0)}${at}`, role));
    }
    for (const machine of this.machines) machine.start();
    for (const user of USERS) this.clients.push(new SimClient(this, user, "im_web"));
    this.clients.push(new SimClient(this, USERS[0], "im_app_ios"));
    for (const client of this.clients) client.start();
  }

  note(text: string): void {
    this.trace.note(this.scheduler.now, text);
  }

  violation(text: string): void {
    if (this.violations.length < 20) this.violations.push(text);
    this.note(`VIOLATION ${text}`);
  }

  /** Something that the world itself does at a time. */
  at(time: number, call: () => void): void {
    this.scheduler.at(this.scheduler.outside, time, "world", call);
  }

  gateways(): MachineNode[] {
    return this.machines.filter((machine) => machine.role !== "worker");
  }

  workers(): MachineNode[] {
    return this.machines.filter((machine) => machine.role !== "gateway");
  }

  /** The machine whose session holds the lock, or any worker. */
  writer(): MachineNode {
    const owner = this.store.holder?.owner;
    const found = this.workers().find((machine) => machine.process === owner);
    return found ?? this.random.pick(this.workers());
  }
}

/** A machine that runs one process after the other. */
export class MachineNode implements SocketServer {
  readonly world: World;
  readonly name: string;
  readonly role: string;
  readonly sockets = new Set<ServerSocket>();
  process: SimProcess;
  links: RedisLink[] = [];
  gateway: Gateway | undefined;
  #lives = 0;

  constructor(world: World, name: string, role: string) {
    this.world = world;
    this.name = name;
    this.role = role;
    this.process = new SimProcess(world.scheduler, name);
    this.process.alive = false;
  }

  get running(): boolean {
    return this.process.alive;
  }

  start(): void {
    if (this.running) return;
    const { scheduler, store, redis } = this.world;
    this.#lives += 1;
    const id = `${this.name}x${this.#lives}`;
    const process = new SimProcess(scheduler, id);
    this.process = process;
    this.links = [];
    const link = (): RedisLink => {
      const made = new RedisLink(redis, process);
      this.links.push(made);
      return made;
    };
    scheduler.as(process, () => {
      const sql = storeSql(store, process, POOL) as never;
      const machine = { process, name: id, sql, redis: link() };
      let local: LocalGateway | undefined;
      if (this.role !== "worker") {
        const gateway = composeGateway({ ...machine, reading: link() });
        gateway.outbound.publisher = {
          publish: (name, frame) => publishTo(this.sockets, undefined, name, frame),
        };
        local = gateway.local;
        this.gateway = undefined;
        gateway.begun.then(() => {
          if (this.process === process) this.gateway = gateway;
        }, failed);
      }
      if (this.role !== "gateway") {
        composeWorker({ ...machine, reading: link() }, local);
      }
    });
  }

  /** SIGKILL: whatever it was about to do is not done. */
  kill(): void {
    if (!this.running) return;
    const { process, world } = this;
    process.alive = false;
    this.gateway = undefined;
    for (const session of [...world.store.sessions]) {
      if (session.owner === process) world.store.end(session, "");
    }
    for (const socket of this.sockets) socket.cut();
    this.sockets.clear();
  }

  accept(socket: ServerSocket): boolean {
    const { gateway } = this;
    if (gateway === undefined) return false;
    this.sockets.add(socket);
    gateway.connections.opened(socket.asSocket);
    return true;
  }

  message(socket: ServerSocket, frame: string | Uint8Array): void {
    this.gateway?.connections.message(asProduct(socket), frame);
  }

  closed(socket: ServerSocket): void {
    this.gateway?.connections.closed(asProduct(socket));
  }

  drained(socket: ServerSocket): void {
    this.gateway?.connections.drained(asProduct(socket));
  }

  alive(socket: ServerSocket): void {
    this.gateway?.connections.alive(asProduct(socket));
  }
}

function asProduct(socket: ServerSocket): Socket {
  return socket.asSocket;
}

function failed(error: unknown): never {
  throw error;
}
