/** What a message says, looked at before it is taken: sensitive words, and its signature. */
import { isSignatureOf } from "../base/signature.ts";
import type { SensitiveWords } from "../filter/sensitive-words.ts";
import { RECORD_FLAG, RECORD_VALUE, type RecordFields } from "../transfer/record.ts";
import { type Rewrite, rewriteTexts } from "../wire/content-texts.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { CODE } from "../wire/errors.ts";
import { type Inbound, SECURITY, type Slice } from "../wire/frame.ts";
import { setSlice } from "../wire/inbound.ts";
import { carriedOptions } from "../wire/carried-options.ts";
import { readWishes, type Wishes } from "../wire/wishes.ts";
import type { Sender } from "./ingest.ts";

/** Why a message may not have the callback that it wishes for. */
export type CallbackProblem = (wishes: Wishes) => string | undefined;

export class ContentChecks {
  readonly #words: SensitiveWords;
  readonly #signKey: string;
  /** What is wrong with the message refused last. */
  problem = "";

  /** `signKey`: "" where signatures are carried and not checked. */
  constructor(words: SensitiveWords, signKey: string) {
    this.#words = words;
    this.#signKey = signKey;
  }

  /** Whether messages are looked at that don't ask for it. A bit, so that asking costs one test. */
  get always(): number {
    return this.#words.always ? SECURITY.checkSensitive : 0;
  }

  /** 0 or the code of the refusal; content and options may be others afterwards. */
  check(inbound: Inbound, sender: Sender): number {
    const { security } = inbound;
    if ((security & SECURITY.carried) !== 0) {
      if (inbound.sign !== "" && this.#signKey !== "" && !this.#isSigned(inbound, sender)) {
        this.problem = "control.security.sign: not the signature of this message";
        return CODE.forbidden;
      }
      const bytes = carriedOptions(inbound.options, inbound);
      setSlice(inbound.options, bytes, 0, bytes.length);
      // Over HTTP the same request is checked again when it had to wait.
      inbound.sign = "";
      inbound.readTimeout = 0;
    }
    if (!this.#isCleaned(security, sender)) return 0;
    if (this.#clean(inbound)) return 0;
    this.problem = "content: it has a word that is not said here";
    return CODE.contentRefused;
  }

  #isCleaned(security: number, { flags }: Sender): boolean {
    if (!this.#words.any || (security & SECURITY.encrypted) !== 0) return false;
    if ((security & SECURITY.checkSensitive) !== 0) return true;
    // What the server itself says is the operator's own.
    return this.#words.always && (flags & RECORD_FLAG.system) === 0;
  }

  #clean(inbound: Inbound): boolean {
    if (inbound.wishes !== "" && !this.#cleanWishes(inbound)) return false;
    return this.#cleanSlice(inbound.content);
  }

  #cleanSlice(content: Slice): boolean {
    const { rewrite, isRefused } = this.#rewriting();
    const bytes = rewriteTexts(content, rewrite);
    if (bytes !== undefined) setSlice(content, bytes, 0, bytes.length);
    return !isRefused();
  }

  /** What an offline push shows is read too. */
  #cleanWishes(inbound: Inbound): boolean {
    const wishes = readWishes(inbound.wishes);
    const { push } = wishes;
    if (push === undefined) return true;
    const { rewrite, isRefused } = this.#rewriting();
    const title = rewrite(push.title ?? "");
    const content = rewrite(push.content ?? "");
    if (title !== undefined) push.title = title;
    if (content !== undefined) push.content = content;
    if (title !== undefined || content !== undefined) inbound.wishes = JSON.stringify(wishes);
    return !isRefused();
  }

  #rewriting(): { rewrite: Rewrite; isRefused: () => boolean } {
    let refused = false;
    const rewrite = (text: string) => {
      const clean = this.#words.clean(text);
      refused ||= clean.kind === "refused";
      return clean.kind === "replaced" ? clean.text : undefined;
    };
    return { rewrite, isRefused: () => refused };
  }

  #isSigned({ sign, type, localId, content, cmd }: Inbound, { externalId }: Sender): boolean {
    const { text = "" } = contentOf(content, cmd);
    const said = [externalId, localId, String(type), text].join("\n");
    return isSignatureOf(sign, this.#signKey, said);
  }
}

/** Sets what a sender says of his message: bits of RECORD_FLAG, and more of RECORD_VALUE. */
export function setFlags(record: RecordFields, inbound: Inbound, flags: number): void {
  record.flags = flagsOf(inbound, flags);
  const { receiptType, uncounted } = inbound;
  const unwanted = receiptType === DELIVERED ? RECORD_VALUE.noRead : RECORD_VALUE.noDelivered;
  record.value = (receiptType === 0 ? 0 : unwanted) | (uncounted ? RECORD_VALUE.uncounted : 0);
}

/** The `receiptType` of who doesn't want to know of the reading. */
const DELIVERED = 1;

function flagsOf(inbound: Inbound, flags: number): number {
  let all = flags;
  if ((inbound.security & SECURITY.encrypted) !== 0) all |= RECORD_FLAG.encrypted;
  if (!inbound.syncDevice) all |= RECORD_FLAG.notSynced;
  if (inbound.noReceipt) all |= RECORD_FLAG.noReceipt;
  return all;
}
