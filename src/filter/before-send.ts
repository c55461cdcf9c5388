/**
 * The host application's word on a message before it is taken. A message that has none yet waits
 * for it as one that waits for a load.
 */
import { Recent } from "../base/recent.ts";
import type { Slice } from "../wire/frame.ts";

/** What the host application says. */
export interface Judgement {
  /** 0: may be sent. */
  code: number;
  /** Why not, or "". */
  problem: string;
  /** Protobuf bytes of linnet.v1.Content in place of the sender's; undefined: as it is. */
  content: Uint8Array | undefined;
}

/** What is asked about; a copy that outlasts the frame. */
export interface AskedMessage {
  /** That of the request. */
  key: number;
  cmd: number;
  type: number;
  from: string;
  deviceId: string;
  localId: string;
  /** 0: that of the pair with `to`. */
  conversationId: number;
  conversationType: number;
  /** External ids as the frame says, "" for none. */
  to: string;
  target: readonly string[];
  content: Slice;
  /** Bits of SECURITY. */
  security: number;
  /** Whether the host application sends it itself. */
  byServer: boolean;
}

/** Never rejects: what can't be asked is judged too. */
export type AskBeforeSend = (message: AskedMessage) => Promise<Judgement>;

const JUDGED_MAX = 4096;

export class Judgements {
  readonly #ask: AskBeforeSend;
  readonly #each: boolean;
  readonly #asked: number;
  /** Read once, by the frame that was waiting. */
  readonly #judged = new Recent<string, Judgement>(JUDGED_MAX);
  #wanted = new Map<string, AskedMessage>();

  /**
   * `each`: whether all messages of users are asked about; `asked`: bits of SECURITY, of which any
   * message has one that is.
   */
  constructor(parts: { ask: AskBeforeSend; each: boolean; asked: number }) {
    this.#ask = parts.ask;
    this.#each = parts.each;
    this.#asked = parts.asked;
  }

  concerns(security: number, byServer: boolean): boolean {
    return (this.#each && !byServer) || (security & this.#asked) !== 0;
  }

  /** Undefined: not judged yet, and asked with the next `load`. */
  take(message: AskedMessage): Judgement | undefined {
    const name = nameOf(message);
    const judgement = this.#judged.get(name);
    if (judgement === undefined) {
      this.#wanted.set(name, copyOf(message));
      return undefined;
    }
    this.#judged.delete(name);
    return judgement;
  }

  /** Of what isn't checked again, and so needs no memory. */
  async judge(message: AskedMessage): Promise<Judgement> {
    return await this.#ask(message);
  }

  async load(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const wanted = this.#wanted;
    this.#wanted = new Map();
    await Promise.all(
      [...wanted].map(async ([name, message]) => {
        this.#judged.set(name, await this.#ask(message));
      }),
    );
  }
}

/** The same request with other content is another message. */
function nameOf({ key, conversationId, to, content }: AskedMessage): string {
  const bytes = content.bytes.subarray(content.start, content.end);
  return `${key}:${conversationId}:${to}:${Bun.hash(bytes)}`;
}

function copyOf(message: AskedMessage): AskedMessage {
  const { content } = message;
  const bytes = content.bytes.slice(content.start, content.end);
  return { ...message, content: { bytes, start: 0, end: bytes.length } };
}
