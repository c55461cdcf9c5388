/** A client of a world: the whole SDK on the world's time and network; notes what it is told. */
import { type Client, createClient } from "../../src/sdk/client.ts";
import type { LogName } from "../../src/sdk/logs.ts";
import type { SendOptions } from "../../src/sdk/send.ts";
import type { ClientSocket, SocketEvents } from "../../src/sdk/socket.ts";
import { memoryStore } from "../../src/sdk/store.ts";
import { DIRECTION, type Envelope } from "../../src/wire/envelope.ts";
import { CODE } from "../../src/wire/errors.ts";
import { FRAMINGS, type Framing } from "../../src/wire/frame.ts";
import { USERS } from "./cast.ts";
import { heard } from "./heard-codec.ts";
import { type Endpoint, ServerSocket } from "./network.ts";
import { SimProcess } from "./scheduler.ts";
import type { World } from "./world.ts";

/** An event that was applied: a message by its id, anything else by its command. */
export interface Applied {
  position: number;
  what: string;
}

export class SimClient implements Endpoint {
  readonly world: World;
  readonly user: string;
  readonly userId: number;
  readonly device: string;
  readonly name: string;
  readonly framing: Framing;
  readonly applied = new Map<LogName, Applied[]>();
  process: SimProcess;
  slowUntil = 0;
  doubleUntil = 0;
  socket: ServerSocket | undefined;
  sdk: Client | undefined;
  /** The newest seq that it has seen of each conversation. */
  readonly seen = new Map<number, number>();
  readonly #store = memoryStore();
  #sent = 0;
  readonly #answers = new Map<string, string>();

  constructor(world: World, user: string, device: string) {
    this.world = world;
    this.user = user;
    this.userId = USERS.indexOf(user as (typeof USERS)[number]) + 1;
    this.device = device;
    this.name = `${user}/${device.slice(3, 6)}`;
    this.framing = world.random.pick(FRAMINGS);
    this.process = new SimProcess(world.scheduler, this.name);
    this.process.alive = false;
  }

  start(): void {
    const { scheduler, random } = this.world;
    this.process = new SimProcess(scheduler, this.name);
    const chance = random.fork();
    scheduler.as(this.process, () => {
      const sdk = createClient({
        url: "ws://linnet",
        token: this.user,
        deviceType: this.device,
        // Of no log, and so of nothing that is checked.
        receipts: false,
        framing: this.framing,
        pageSize: 8,
        store: this.#store,
        clock: this.process,
        random: () => chance.next(),
        socket: (_url, framing, events) => this.#connect(framing, events),
      });
      this.sdk = sdk;
      this.#listen(sdk);
      sdk.connect().catch((error: unknown) => this.world.violation(String(error)));
    });
  }

  /** The application dies, and comes back with what its store kept. */
  restart(): void {
    this.process.alive = false;
    this.socket?.fromClientClose();
    this.start();
  }

  send(lane: string, options: SendOptions, expires: boolean): void {
    this.#sent += 1;
    const localId = `${this.name}-${this.#sent}`;
    this.world.sends.set(localId, {
      localId,
      client: this.name,
      user: this.user,
      lane,
      order: this.#sent,
      expires,
      code: 0,
      messageId: "",
      seq: -1,
      conversationId: 0,
    });
    this.act((sdk) => sdk.send({ ...options, localId, text: localId }));
  }

  /** Something that the application does. */
  act(body: (sdk: Client) => Promise<unknown>): void {
    const { sdk } = this;
    if (sdk === undefined) return;
    this.world.scheduler.as(this.process, () => {
      body(sdk).catch((error: unknown) => this.world.violation(`${this.name}: ${String(error)}`));
    });
  }

  /** Frames are seen as the SDK has read them, before it handles them. */
  hears(deliver: () => void): void {
    heard.by = (envelope) => this.#heard(envelope);
    deliver();
    heard.by = undefined;
  }

  #heard(envelope: Envelope | string): void {
    if (typeof envelope === "string") return this.world.violation(`can't be read: ${envelope}`);
    const { messageId, conversationSeq } = envelope.messageExtra ?? {};
    const { tables } = this.world.store;
    if (messageId === undefined) return;
    if (!tables.messageIds.has(messageId) && !tables.removed.has(messageId)) {
      this.world.violation(`${this.name} was told of ${messageId}, which is not stored`);
    }
    if (envelope.direction === DIRECTION.push) {
      this.world.counts.pushes += 1;
      return;
    }
    if (envelope.response?.code !== CODE.ok) return;
    this.world.counts.answers += 1;
    const localId = envelope.header?.localId ?? "";
    if (this.world.sends.get(localId)?.expires !== false) return;
    const answer = `${messageId} seq ${conversationSeq}`;
    const before = this.#answers.get(localId) ?? answer;
    if (before !== answer) this.world.violation(`${localId} was ${before}, then ${answer}`);
    this.#answers.set(localId, answer);
  }

  #listen(sdk: Client): void {
    sdk.on("event", ({ log, position, envelope }) => {
      const { messageId, conversationSeq } = envelope.messageExtra ?? {};
      const list = this.applied.get(log) ?? [];
      list.push({ position, what: messageId ?? `cmd ${envelope.cmd}` });
      this.applied.set(log, list);
      const id = envelope.route?.conversationId;
      if (id !== undefined && conversationSeq !== undefined) this.seen.set(id, conversationSeq);
    });
    sdk.on("sent", (result) => {
      const sent = this.world.sends.get(result.localId);
      if (sent === undefined) return;
      sent.code = result.code;
      sent.messageId = result.messageId ?? "";
      sent.seq = result.seq ?? -1;
      sent.conversationId = result.conversationId ?? 0;
      this.world.note(`${result.localId} ${result.code} ${sent.messageId} seq ${sent.seq}`);
    });
    sdk.on("reset", ({ log, position }) =>
      this.world.violation(`${this.name}: the log ${log} was reset to ${position}`),
    );
    sdk.on("error", (error) => this.world.note(`${this.name} error ${error.message}`));
  }

  #connect(framing: Framing, events: SocketEvents): ClientSocket {
    const { world } = this;
    const { scheduler, random } = world;
    const server = random.pick(world.gateways());
    const { userId, user: externalId, device } = this;
    const given = { issuedMs: 0, ticket: "" };
    const data = { slot: -1, userId, externalId, device, framing, ...given };
    const parts = { scheduler, random, server, client: this, events, data };
    const socket = new ServerSocket(parts);
    this.socket = socket;
    scheduler.at(server.process, scheduler.now + random.between(0.5, 4), "accept", () => {
      if (!server.accept(socket)) socket.close(1006, "");
    });
    // Nobody is there, or nobody answers: the connection fails.
    if (!server.running) {
      scheduler.at(this.process, scheduler.now + 5, "refused", () => events.closed(1006, ""));
    }
    return {
      send: (frame) => socket.fromClient(frame),
      close: () => socket.fromClientClose(),
    };
  }
}
