// Step 8: after the commit, which gateways hold these users? One record for each gateway and batch.
// Next: delivery/receiver.ts, in the gateways.
import { GrowingBuffer } from "../base/growing-buffer.ts";
import type { RedisConnection } from "../redis/client.ts";
import { deliver } from "./bus.ts";
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

export class Router {
  readonly #redis: RedisConnection;
  readonly #buffers = new Map<string, GrowingBuffer>();
  readonly #spare: GrowingBuffer[] = [];

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /**
   * Sends all items, in order. Must run after the commit of what they tell: a user who comes
   * online before the look-up is found, one who comes later reads the store.
   */
  async route(items: readonly Outgoing[]): Promise<void> {
    if (items.length === 0) return;
    const users = new Set<number>();
    let everywhere = false;
    for (const { item, everywhere: all } of items) {
      everywhere ||= all;
      if (item.kind === ITEM.event) for (const r of item.recipients) users.add(r.userId);
    }
    const [presence, gateways] = await Promise.all([
      lookupPresence(this.#redis, users),
      everywhere ? livingGateways(this.#redis) : NO_GATEWAYS,
    ]);
    this.#buffers.clear();
    const only = onlyGateway(items, presence, gateways);
    for (const outgoing of items) {
      if (only !== undefined) this.#placeOn(only, outgoing);
      else this.#place(outgoing, presence, gateways);
    }
    await this.#send();
  }

  /** Where all goes to one gateway nothing is parted: it passes over those who are not there. */
  #placeOn(only: string, { item, answerGateway, everywhere }: Outgoing): void {
    const concerns = everywhere || item.kind === ITEM.event || answerGateway !== "";
    if (concerns) writeItem(this.#buffer(only), this.#for(item, only, answerGateway));
  }

  #place(outgoing: Outgoing, presence: Map<number, string[]>, gateways: readonly string[]): void {
    const { item, answerGateway } = outgoing;
    if (outgoing.everywhere) {
      for (const id of gateways) writeItem(this.#buffer(id), this.#for(item, id, answerGateway));
      if (answerGateway !== "" && !gateways.includes(answerGateway)) {
        writeItem(this.#buffer(answerGateway), item);
      }
      return;
    }
    if (item.kind !== ITEM.event) {
      if (answerGateway !== "") writeItem(this.#buffer(answerGateway), item);
      return;
    }
    for (const [id, recipients] of recipientsByGateway(item, presence, answerGateway)) {
      writeItem(this.#buffer(id), this.#for({ ...item, recipients }, id, answerGateway));
    }
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
    const sending = [...this.#buffers];
    this.#buffers.clear();
    await Promise.all(sending.map(([id, buffer]) => deliver(this.#redis, id, buffer.view())));
    for (const [, buffer] of sending) this.#spare.push(buffer);
  }
}

const NO_GATEWAYS: readonly string[] = [];

/** The one gateway that everything goes to; undefined when there are several, or none. */
function onlyGateway(
  items: readonly Outgoing[],
  presence: Map<number, string[]>,
  gateways: readonly string[],
): string | undefined {
  const ids = new Set<string>(gateways);
  for (const held of presence.values()) for (const id of held) ids.add(id);
  for (const { answerGateway } of items) if (answerGateway !== "") ids.add(answerGateway);
  if (ids.size !== 1) return undefined;
  const [only] = ids;
  return only;
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
