/**
 * The way of what is neither queued nor stored and has no number: presence, typing, calls. Like a
 * direct push it skips steps 4 to 7; what can't be sent at once is dropped, and its sender told.
 */
import { ITEM, type TransientItem } from "../delivery/record.ts";
import type { Outgoing, Router } from "../delivery/router.ts";
import type { PushFields } from "../wire/frame.ts";
import { NO_BYTES } from "./outcome.ts";

/** Items that wait for those under way, at most. */
const GATHERED_MAX = 8192;

export class Transients {
  readonly #router: Router;
  #gathered: Outgoing[] = [];
  #next: Promise<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(router: Router) {
    this.#router = router;
  }

  /** Whether they were handed to the gateways. Rejects when Redis is away. */
  async send(items: readonly Outgoing[]): Promise<boolean> {
    if (this.#gathered.length + items.length > GATHERED_MAX) return false;
    if (items.length === 0) return true;
    this.#gathered.push(...items);
    this.#next ??= this.#sendNext();
    await this.#next;
    return true;
  }

  /** A router sends one list at a time; what comes meanwhile goes with the next. */
  async #sendNext(): Promise<void> {
    await this.#running?.catch(() => {});
    const batch = this.#gathered;
    this.#gathered = [];
    this.#next = undefined;
    this.#running = this.#router.route(batch);
    await this.#running;
  }
}

/** What a transient push shows. */
export interface TransientPushParts {
  cmd: number;
  type?: number;
  /** −1 for none. */
  conversationId: number;
  conversationType?: number;
  from: string;
  /** Protobuf bytes of linnet.v1.Content. */
  content: Uint8Array;
  timestamp: number;
}

export function transientPush(parts: TransientPushParts): PushFields {
  const { content } = parts;
  return {
    cmd: parts.cmd,
    type: parts.type ?? 0,
    conversationId: parts.conversationId,
    conversationType: parts.conversationType ?? 0,
    from: parts.from,
    source: "websocket",
    localId: "",
    content: { bytes: content, start: 0, end: content.length },
    options: NO_BYTES,
    messageIdHigh: 0,
    messageIdLow: 0,
    seq: -1,
    conversationPts: -1,
    timestamp: parts.timestamp,
    mentionedAll: false,
    duplicate: false,
  };
}

/** One item for a gateway. */
export function transientFor(
  gatewayId: string,
  parts: {
    push: PushFields;
    senderId: number;
    userIds: readonly number[];
    watched?: boolean;
    except?: readonly number[];
    exceptGeneration?: number;
    untilMs?: number;
  },
): Outgoing {
  const recipients = parts.userIds.map((userId) => ({ userId, pts: -1, mentioned: false }));
  const { push, senderId } = parts;
  const item: TransientItem = {
    kind: ITEM.transient,
    event: { kind: ITEM.event, push, senderId, request: 0, wide: false, recipients },
    watched: parts.watched ?? false,
    except: parts.except ?? [],
    exceptGeneration: parts.exceptGeneration ?? 0,
    untilMs: parts.untilMs ?? 0,
  };
  return { item, answerGateway: gatewayId, everywhere: false };
}

/** Users by the gateways that hold their connections; those who are offline are at none. */
export function byGateway(
  userIds: readonly number[],
  presence: ReadonlyMap<number, readonly string[]>,
): Map<string, number[]> {
  const placed = new Map<string, number[]>();
  for (const userId of userIds) {
    for (const gatewayId of presence.get(userId) ?? []) {
      const users = placed.get(gatewayId);
      if (users === undefined) placed.set(gatewayId, [userId]);
      else users.push(userId);
    }
  }
  return placed;
}
