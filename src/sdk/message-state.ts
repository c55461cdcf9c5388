/**
 * What a client holds of its conversations, made of the events of its logs: each event changes it
 * in one way, and it ends equal in whatever runs the events came.
 */
import { CMD, isChat } from "../wire/commands.ts";
import type { Content, Data, Envelope } from "../wire/envelope.ts";
import { numberOf, textOf } from "./data.ts";

export interface HeldMessage {
  messageId: string;
  seq: number;
  from: string;
  /** Undefined once it was recalled. */
  content: Content | undefined;
  recalled: boolean;
  /** Its sender wants it not to count as unread. */
  uncounted: boolean;
  /** How often it was edited. */
  version: number;
  /** Reaction → how many gave it. */
  reactions: Map<string, number>;
}

export class HeldConversation {
  readonly messages = new Map<string, HeldMessage>();
  readonly pins = new Set<string>();
  /** −1 is none. */
  readSeq = -1;
  peerReadSeq = -1;
  /** Deleted for oneself: they may still come, from a log that is behind. */
  readonly hidden = new Set<string>();

  /** By the definition of the protocol, as far as what is held reaches. */
  unread(userId: string): number {
    let count = 0;
    for (const { seq, from, recalled, uncounted } of this.messages.values()) {
      if (seq > this.readSeq && from !== userId && !recalled && !uncounted) count += 1;
    }
    return count;
  }
}

export class MessageState {
  readonly #conversations = new Map<number, HeldConversation>();
  readonly #userId: string;

  constructor(userId: string) {
    this.#userId = userId;
  }

  get(conversationId: number): HeldConversation {
    const held = this.#conversations.get(conversationId);
    if (held !== undefined) return held;
    const conversation = new HeldConversation();
    this.#conversations.set(conversationId, conversation);
    return conversation;
  }

  apply(envelope: Envelope): void {
    const { cmd, route, content } = envelope;
    const data = content?.data ?? {};
    if (cmd === CMD.readAll) return this.#readAll(data);
    if (route?.conversationId === undefined) return;
    const conversation = this.get(route.conversationId);
    if (isChat(cmd)) return addMessage(conversation, envelope);
    switch (cmd) {
      case CMD.recall:
        return takeBack(conversation, textOf(data, "messageId"));
      case CMD.delete:
        return deleteMessages(conversation, data);
      case CMD.edit:
        return edit(conversation, content ?? {});
      case CMD.reaction:
        return react(conversation, data);
      case CMD.pin:
        return pin(conversation, data);
      case CMD.read:
        return this.#read(conversation, route.from, numberOf(data, "seq", -1));
      case CMD.readCancel:
        conversation.readSeq = Math.min(conversation.readSeq, numberOf(data, "seq", 0) - 1);
        return;
      case CMD.groupLeave:
        // What comes after a return begins afresh.
        if ((data["userIds"] as string[] | undefined)?.includes(this.#userId)) {
          this.#conversations.delete(route.conversationId);
        }
    }
  }

  #read(conversation: HeldConversation, from: string | undefined, seq: number): void {
    if (from === this.#userId) conversation.readSeq = seq;
    else conversation.peerReadSeq = seq;
  }

  #readAll(data: Data): void {
    const moved = (data["conversations"] ?? []) as { conversationId: number; seq: number }[];
    for (const { conversationId, seq } of moved) {
      const conversation = this.get(conversationId);
      conversation.readSeq = Math.max(conversation.readSeq, seq);
    }
  }
}

function addMessage(conversation: HeldConversation, envelope: Envelope): void {
  const { route, content, options, messageExtra } = envelope;
  const { messageId, conversationSeq, recalled = false, version = 0 } = messageExtra ?? {};
  if (messageId === undefined || conversationSeq === undefined) return;
  if (conversation.hidden.has(messageId) || conversation.messages.has(messageId)) return;
  const counts = messageExtra?.reactions ?? [];
  conversation.messages.set(messageId, {
    messageId,
    seq: conversationSeq,
    from: route?.from ?? "",
    content: recalled ? undefined : content,
    recalled,
    uncounted: options?.conversation?.unread === false,
    version,
    reactions: new Map(counts.map(({ reaction = "", count = 0 }) => [reaction, count])),
  });
}

function takeBack(conversation: HeldConversation, messageId: string): void {
  conversation.pins.delete(messageId);
  const message = conversation.messages.get(messageId);
  if (message === undefined) return;
  message.recalled = true;
  message.content = undefined;
  message.version = 0;
  message.reactions.clear();
}

function deleteMessages(conversation: HeldConversation, data: Data): void {
  for (const messageId of (data["messageIds"] ?? []) as string[]) {
    if (data["forAll"] === true) {
      takeBack(conversation, messageId);
    } else {
      conversation.hidden.add(messageId);
      conversation.messages.delete(messageId);
    }
  }
}

/** A message that was read from a log has its newest content already. */
function edit(conversation: HeldConversation, { data = {}, ...content }: Content): void {
  const message = conversation.messages.get(textOf(data, "messageId"));
  const version = numberOf(data, "version", 0);
  if (message === undefined || message.recalled || version <= message.version) return;
  message.content = content;
  message.version = version;
}

function react(conversation: HeldConversation, data: Data): void {
  const message = conversation.messages.get(textOf(data, "messageId"));
  if (message === undefined || message.recalled) return;
  const reaction = textOf(data, "reaction");
  const count = numberOf(data, "count", 0);
  if (count > 0) message.reactions.set(reaction, count);
  else message.reactions.delete(reaction);
}

function pin(conversation: HeldConversation, data: Data): void {
  const messageId = textOf(data, "messageId");
  if (data["remove"] === true) conversation.pins.delete(messageId);
  else conversation.pins.add(messageId);
}
