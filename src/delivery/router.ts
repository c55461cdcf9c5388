// Step 8: after the commit, which gateways hold these users? One record for each gateway and batch.
// Next: delivery/receiver.ts, in the gateways.
import type { Clock } from "../base/clock.ts";
import { GrowingBuffer } from "../base/growing-buffer.ts";
import type { RedisConnection } from "../redis/client.ts";
import { deliver } from "./bus.ts";
import { HeldRecords } from "./held-records.ts";
import type { ReceiverHandler } from "./receiver.ts";
import { livingGateways, lookupPresence } from "./presence.ts";
import { beginDelivery, type DeliveryItem, type EventItem, ITEM, writeItem } from "./record.ts";

/** An item and where it goes: to named users' gateways, one gateway, or all of them. */
export interface Outgoing {
  item: DeliveryItem;
  /** The gateway that answers, "" for none. */
  answerGateway: string;
  /** Whether every gateway gets it. */
  everywhere: boolean;
}

/** The gateway of this very process: handed its items as they are, without a way through Redis. */
export interface LocalGateway {
  gatewayId: string;
  handler: ReceiverHandler;
}

export class Router {
  readonly #redis: RedisConnection;
  readonly #local: LocalGateway | undefined;
  #localItems: DeliveryItem[] = [];
  readonly #buffers = new Map<string, GrowingBuffer>();
  readonly #spare: GrowingBuffer[] = [];

  readonly #held: HeldRecords;

  constructor(redis: RedisConnection, local: LocalGateway | undefined, clock: Clock) {
    this.#redis = redis;
    this.#local = local;
    this.#held = new HeldRecords(clock);
  }

  /**
   * Sends all items, in order. Must run after the commit of what they tell: a user who comes
   * online before the look-up is found, one who comes later reads the store.
   */
  async route(items: readonly Outgoing[]): Promise<void> {
    await this.retryHeld();
    if (items.length === 0) return;
    this.#buffers.clear();
    this.#localItems = [];
    const gateways = await livingGateways(this.#redis);
    const only = onlyGateway(items, gateways);
    if (only === undefined) await this.#placeAll(items, gateways);
    else for (const outgoing of items) this.#placeOn(only, outgoing);
    await this.#send();
  }

  /** Whether this process' own gateway is the only one that lives. */
  async isAlone(): Promise<boolean> {
    if (this.#local === undefined) return false;
    const gateways = await livingGateways(this.#redis);
    return gateways.length === 1 && gateways[0] === this.#local.gatewayId;
  }

  /** Hands items to this process' own gateway; only where `isAlone` was answered just now. */
  routeHere(items: readonly DeliveryItem[]): void {
    if (this.#local !== undefined) deliverHere(this.#local.handler, items);
  }

  async #placeAll(items: readonly Outgoing[], gateways: readonly string[]): Promise<void> {
    const users = new Set<number>();
    for (const { item } of items) {
      if (item.kind === ITEM.event) for (const r of item.recipients) users.add(r.userId);
    }
    const presence = await lookupPresence(this.#redis, users);
    for (const outgoing of items) this.#place(outgoing, presence, gateways);
  }

  /** Where all goes to one gateway nothing is parted: it passes over those who are not there. */
  #placeOn(only: string, { item, answerGateway, everywhere }: Outgoing): void {
    const concerns = everywhere || item.kind === ITEM.event || answerGateway !== "";
    if (concerns) this.#put(only, item, answerGateway);
  }

  #place(outgoing: Outgoing, presence: Map<number, string[]>, gateways: readonly string[]): void {
    const { item, answerGateway } = outgoing;
    if (outgoing.everywhere) {
      for (const id of gateways) this.#put(id, item, answerGateway);
      if (answerGateway !== "" && !gateways.includes(answerGateway)) {
        this.#put(answerGateway, item, answerGateway);
      }
      return;
    }
    if (item.kind !== ITEM.event) {
      if (answerGateway !== "") this.#put(answerGateway, item, answerGateway);
      return;
    }
    for (const [id, recipients] of recipientsByGateway(item, presence, answerGateway)) {
      this.#put(id, { ...item, recipients }, answerGateway);
    }
  }

  #put(gatewayId: string, item: DeliveryItem, answerGateway: string): void {
    const own = this.#for(item, gatewayId, answerGateway);
    if (gatewayId === this.#local?.gatewayId) this.#localItems.push(own);
    else writeItem(this.#buffer(gatewayId), own);
  }

  /** Only the gateway that took the request answers it. */
  #for(item: DeliveryItem, gatewayId: string, answerGateway: string): DeliveryItem {
    if (item.kind !== ITEM.event || gatewayId === answerGateway || item.request === 0) return item;
    return { ...item, request: 0 };
  }

  #buffer(gatewayId: string): GrowingBuffer {
    const held = this.#buffers.get(gatewayId);
    if (held !== undefined) return held;
    const buffer = this.#spare.pop() ?? new GrowingBuffer();
    beginDelivery(buffer);
    this.#buffers.set(gatewayId, buffer);
    return buffer;
  }

  async #send(): Promise<void> {
    if (this.#local !== undefined) deliverHere(this.#local.handler, this.#localItems);
    const sending = [...this.#buffers];
    this.#buffers.clear();
    await Promise.all(sending.map(([id, buffer]) => this.#sendTo(id, buffer.view())));
    for (const [, buffer] of sending) this.#spare.push(buffer);
  }

  /** What is held for a gateway goes before what comes later. */
  async #sendTo(gatewayId: string, record: Buffer): Promise<void> {
    if (!this.#held.has(gatewayId) && (await deliver(this.#redis, gatewayId, record))) return;
    this.#held.hold(gatewayId, record);
  }

  /** To be called about every second: tries gateways again whose lease was gone. */
  async retryHeld(): Promise<void> {
    await this.#held.retry((id, record) => deliver(this.#redis, id, record));
  }
}

function deliverHere(handler: ReceiverHandler, items: readonly DeliveryItem[]): void {
  if (items.length === 0) return;
  handler.begin();
  try {
    for (const item of items) handler.deliver(item);
  } catch (error) {
    // What was committed is not undone by a gateway that fails: its audit tells who missed it.
    handler.lost(`an item could not be delivered: ${String(error)}`);
  }
  handler.end();
}

/** The gateway that everything goes to, where only one lives: presence need not be asked. */
function onlyGateway(items: readonly Outgoing[], gateways: readonly string[]): string | undefined {
  const [only] = gateways;
  if (only === undefined || gateways.length > 1) return undefined;
  const others = items.some(({ answerGateway: id }) => id !== "" && id !== only);
  return others ? undefined : only;
}

function recipientsByGateway(
  item: EventItem,
  presence: Map<number, string[]>,
  answerGateway: string,
): Map<string, EventItem["recipients"][number][]> {
  const placed = new Map<string, EventItem["recipients"][number][]>();
  if (answerGateway !== "") placed.set(answerGateway, []);
  for (const recipient of item.recipients) {
    const gateways = presence.get(recipient.userId);
    const answersHere = answerGateway !== "" && recipient.userId === item.senderId;
    if (answersHere) placed.get(answerGateway)?.push(recipient);
    if (gateways === undefined) continue;
    for (const id of gateways) {
      if (answersHere && id === answerGateway) continue;
      const held = placed.get(id);
      if (held === undefined) placed.set(id, [recipient]);
      else held.push(recipient);
    }
  }
  return placed;
}
