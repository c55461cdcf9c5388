// Users with devices that come and go, random commands, and what must be equal in the end.
import { expect } from "bun:test";
import * as fc from "fast-check";
import type { Client } from "../../../src/sdk/client.ts";
import { MessageState } from "../../../src/sdk/message-state.ts";
import { type ClientStore, memoryStore } from "../../../src/sdk/store.ts";
import type { Envelope } from "../../../src/wire/envelope.ts";
import type { World } from "./users.ts";

const USERS = 4;
const DEVICES = ["im_web", "im_app_ios"];
const REACTIONS = ["👍", "🎉", "x"];
/** Messages of this pick are sent so that they don't count as unread. */
const UNCOUNTED = 6;

const ACTIONS = [
  ...["send", "send", "send", "edit", "recall", "deleteForMe", "deleteForAll", "react", "unreact"],
  ...["pin", "unpin", "read", "readAll", "unread", "kick", "invite", "gone", "back"],
] as const;

export interface Step {
  action: (typeof ACTIONS)[number];
  user: number;
  device: number;
  conversation: number;
  /** Which message, from the newest; which reaction, member. */
  pick: number;
}

const STEP: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  user: fc.nat(USERS - 1),
  device: fc.nat(DEVICES.length - 1),
  conversation: fc.nat(2),
  pick: fc.nat(7),
});

/** Those of a group are done at the same time. */
export const STEPS = fc.array(fc.array(STEP, { minLength: 1, maxLength: 4 }), {
  minLength: 15,
  maxLength: 25,
});

interface ModelDevice {
  user: string;
  type: string;
  store: ClientStore;
  state: MessageState;
  client: Client | undefined;
}

export class Model {
  readonly #world: World;
  readonly #names: string[];
  readonly #devices: ModelDevice[] = [];
  /** A group, one that is wide, and the conversation of the first two users. */
  readonly #conversations: string[] = [];
  readonly #sent: string[][] = [[], [], []];
  /** Message → whom it named when it was sent: no edit changes that. */
  readonly #named = new Map<string, string>();

  constructor(world: World, run: number) {
    this.#world = world;
    this.#names = Array.from({ length: USERS }, (_, index) => `u${run}-${index}`);
  }

  async begin(): Promise<void> {
    const names = this.#names as [string, string, string, string];
    await Promise.all(names.map((name) => this.#world.server.login(name)));
    await this.#world.friends(names[0], names[1]);
    this.#conversations.push(await this.#world.group(names[0], [names[1], names[2]]));
    this.#conversations.push(await this.#world.group(names[0], names.slice(1)));
    for (const user of names) {
      for (const type of DEVICES) {
        const state = new MessageState(user);
        this.#devices.push({ user, type, store: memoryStore(), state, client: undefined });
      }
    }
    await Promise.all(this.#devices.map((device) => this.#connect(device)));
    const first = this.#devices[0]?.client as Client;
    const sent = await first.send({ to: names[1], text: "first" });
    this.#conversations.push(String(sent.conversationId));
    this.#sent[2]?.push(String(sent.messageId));
  }

  async run(steps: readonly Step[][]): Promise<void> {
    for (const together of steps) await Promise.all(together.map((step) => this.#do(step)));
  }

  /** Every device comes anew and reads what it has missed; then all is compared. */
  async compare(): Promise<void> {
    for (const device of this.#devices) await this.#disconnect(device);
    await Promise.all(this.#devices.map((device) => this.#connect(device)));
    for (const device of this.#devices) await this.#compareDevice(device);
    await Promise.all(this.#devices.map((device) => this.#disconnect(device)));
  }

  async #connect(device: ModelDevice): Promise<void> {
    if (device.client !== undefined) return;
    const options = { deviceType: device.type, store: device.store };
    const onEvent = (envelope: Envelope) => device.state.apply(envelope);
    const { client } = await this.#world.device(device.user, options, onEvent);
    device.client = client;
  }

  async #disconnect(device: ModelDevice): Promise<void> {
    const { client } = device;
    device.client = undefined;
    await client?.close();
  }

  async #do(step: Step): Promise<void> {
    const device = this.#devices[step.user * DEVICES.length + step.device] as ModelDevice;
    const conversationId = this.#conversations[step.conversation] as string;
    if (step.action === "kick" || step.action === "invite") return await this.#member(step);
    if (step.action === "gone") return await this.#disconnect(device);
    if (step.action === "back") return await this.#connect(device);
    const { client } = device;
    if (client === undefined) return;
    if (step.action === "send") {
      const named = this.#names[step.pick % USERS] as string;
      const said = sendTo(step, this.#names, conversationId, named);
      const sent = await client.send(said);
      if (!sent.ok) return;
      this.#sent[step.conversation]?.push(String(sent.messageId));
      this.#named.set(String(sent.messageId), named);
      return;
    }
    const messages = this.#sent[step.conversation] as string[];
    const messageId = messages.at(-1 - (step.pick % Math.max(1, messages.length)));
    if (messageId !== undefined) await operate(client, step, conversationId, messageId);
  }

  async #member({ action, conversation, user }: Step): Promise<void> {
    if (conversation > 1 || user === 0) return;
    const input = {
      conversationId: this.#conversations[conversation],
      userIds: [this.#names[user]],
    };
    if (action === "invite") await this.#world.post("group/member", input);
    else await this.#world.remove("group/member", input);
  }

  async #compareDevice({ user, type, client, state }: ModelDevice): Promise<void> {
    const list = (await client?.conversations())?.data.conversations ?? [];
    for (const entry of list) {
      const { conversationId } = entry;
      const answer = await client?.history(conversationId, { fromSeq: 0, limit: 500 });
      const held = state.get(conversationId);
      const where = `${user} ${type} ${conversationId}`;
      const stored = answer?.data.messages ?? [];
      expect({ where, messages: heldOf(state, conversationId) }).toEqual({
        where,
        messages: storedOf(stored),
      });
      expect({ where, readSeq: held.readSeq }).toEqual({ where, readSeq: entry.readSeq });
      const counted = bruteForce(stored, entry.readSeq, user);
      const unread = counted.length;
      const namesHim = ({ messageExtra: extra }: Envelope) =>
        this.#named.get(String(extra?.messageId)) === user;
      const unreadMentions = counted.filter(namesHim).length;
      expect({ where, unread: entry.unread }).toEqual({ where, unread });
      const mentions = entry.unreadMentions;
      expect({ where, unreadMentions: mentions }).toEqual({ where, unreadMentions });
      expect({ where, unread: held.unread(user) }).toEqual({ where, unread });
      const pins = (await client?.pins(conversationId))?.data.messages ?? [];
      const pinned = pins.map(({ messageExtra }) => messageExtra?.messageId ?? "").sort();
      const known = [...held.pins].filter((id) => held.messages.has(id)).sort();
      expect({ where, pinned: known }).toEqual({ where, pinned });
    }
  }
}

function sendTo(
  { conversation, user, pick }: Step,
  names: string[],
  conversationId: string,
  named: string,
) {
  const content = { text: `${user}/${pick}`, mentions: { uids: [named] } };
  const options = { conversation: { unread: pick < UNCOUNTED } };
  if (conversation < 2) return { conversationId, content, options };
  return { to: names[user === 0 ? 1 : 0] as string, content, options };
}

async function operate(
  client: Client,
  { action, pick }: Step,
  conversationId: string,
  messageId: string,
): Promise<void> {
  const reaction = REACTIONS[pick % REACTIONS.length] as string;
  switch (action) {
    case "edit":
      await client.edit(conversationId, messageId, { text: `edited ${pick}` });
      break;
    case "recall":
      await client.recall(conversationId, messageId);
      break;
    case "deleteForMe":
    case "deleteForAll":
      await client.deleteMessages(conversationId, [messageId], action === "deleteForAll");
      break;
    case "react":
    case "unreact":
      await client.react(conversationId, messageId, reaction, action === "unreact");
      break;
    case "pin":
    case "unpin":
      await client.pin(conversationId, messageId, action === "unpin");
      break;
    case "read":
      await client.read(conversationId, pick);
      break;
    case "readAll":
      await client.readAll();
      break;
    case "unread":
      await client.unread(conversationId, pick);
      break;
    default:
      throw new Error(`${action} is about no message`);
  }
}

interface Shown {
  seq: number;
  from: string;
  text: string | undefined;
  recalled: boolean;
  version: number;
  reactions: string[];
}

function heldOf(state: MessageState, conversationId: number): Shown[] {
  const messages = [...state.get(conversationId).messages.values()];
  return messages
    .map(({ seq, from, content, recalled, version, reactions }) => {
      const given = [...reactions].map(([reaction, count]) => `${reaction} ${count}`).sort();
      return { seq, from, text: content?.text, recalled, version, reactions: given };
    })
    .sort((a, b) => a.seq - b.seq);
}

function storedOf(messages: readonly Envelope[]): Shown[] {
  return messages.flatMap(({ route, content, messageExtra: extra }) => {
    if (extra?.messageId === undefined) return [];
    const given = (extra.reactions ?? []).map(({ reaction, count }) => `${reaction} ${count}`);
    return {
      seq: extra.conversationSeq ?? -1,
      from: route?.from ?? "",
      text: content?.text,
      recalled: extra.recalled === true,
      version: extra.version ?? 0,
      reactions: given.sort(),
    };
  });
}

/** What is unread by the definition, one by one. */
function bruteForce(messages: readonly Envelope[], readSeq: number, user: string): Envelope[] {
  return messages.filter(({ route, options, messageExtra: extra }) => {
    const there = extra?.messageId !== undefined && extra.recalled !== true;
    const counts = options?.conversation?.unread !== false && route?.from !== user;
    return there && counts && (extra?.conversationSeq ?? -1) > readSeq;
  });
}
