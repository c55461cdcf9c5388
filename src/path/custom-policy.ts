/** What the maker of a custom conversation may say of it, for commands, HTTP and the writer. */
import { SEND } from "../filter/grant.ts";
import { CODE } from "../wire/errors.ts";
import { isLeased, POLICY } from "../wire/policy.ts";

/** Whom to ask before a message is taken. */
export interface Webhook {
  url: string;
  timeoutMs: number;
  /** Whether a message is taken when there is no answer. */
  failOpen: boolean;
}

export interface CustomPolicy {
  /** One of SEND. */
  sendRole: number;
  persist: boolean;
  wide: boolean;
  webhook: Webhook | undefined;
}

export interface Problem {
  code: number;
  message: string;
}

/** The words of `policy.send`. */
export const SEND_WORDS = ["members", "administrators", "owner", "anyone"] as const;
export const FAN_OUT_WORDS = ["inbox", "wide"] as const;
const TIMEOUT_MS_DEFAULT = 2000;
/** Short of what a message may wait for a load, see ingest.ts. */
export const TIMEOUT_MS_MAX = 5000;
const URL_CHARACTERS_MAX = 2048;

const NO_POLICY: CustomPolicy = {
  sendRole: SEND.members,
  persist: true,
  wide: false,
  webhook: undefined,
};

/** Why a conversation of this type is not made with these members and this policy. */
export function creationProblem(
  type: number,
  memberIds: readonly string[],
  policy: unknown,
  byUser: boolean,
): Problem | undefined {
  if (isLeased(type) && memberIds.length > 0) {
    return { code: CODE.unsupported, message: "memberIds: who attends joins from a connection" };
  }
  if (policy === undefined) return undefined;
  if (!POLICY[type]?.isCustom) {
    return { code: CODE.unsupported, message: "policy: only of a custom conversation" };
  }
  const read = readCustomPolicy(policy);
  if ("code" in read) return read;
  if (!byUser || read.webhook === undefined) return undefined;
  return { code: CODE.forbidden, message: "policy.webhook: only the host application names one" };
}

/** `given` is `content.data.policy`, whose types the codec has checked. */
export function readCustomPolicy(given: unknown): CustomPolicy | Problem {
  if (given === undefined) return NO_POLICY;
  const policy = given as Record<string, unknown>;
  const send = wordOf(policy["send"], SEND_WORDS);
  if (send < 0) return wrong(`send: one of ${SEND_WORDS.join(", ")}`);
  const fanOut = wordOf(policy["fanOut"], FAN_OUT_WORDS);
  if (fanOut < 0) return wrong(`fanOut: one of ${FAN_OUT_WORDS.join(", ")}`);
  const webhook = readWebhook(policy["webhook"]);
  if (webhook !== undefined && "code" in webhook) return webhook;
  return { sendRole: send, persist: policy["persist"] !== false, wide: fanOut === 1, webhook };
}

/** The place of a word, 0 when it is absent, −1 when it is none of them. */
function wordOf(given: unknown, words: readonly string[]): number {
  if (given === undefined || given === "") return 0;
  return typeof given === "string" ? words.indexOf(given) : -1;
}

function readWebhook(given: unknown): Webhook | Problem | undefined {
  if (given === undefined) return undefined;
  const { url, timeoutMs, failOpen } = given as Record<string, unknown>;
  if (typeof url !== "string" || url === "") {
    return { code: CODE.incomplete, message: "policy.webhook.url is required" };
  }
  if (url.length > URL_CHARACTERS_MAX || !URL.canParse(url) || !/^https?:/i.test(url)) {
    return wrong("webhook.url: an http or https address");
  }
  const ms = typeof timeoutMs === "number" && timeoutMs > 0 ? timeoutMs : TIMEOUT_MS_DEFAULT;
  if (ms > TIMEOUT_MS_MAX) return wrong(`webhook.timeoutMs: ${TIMEOUT_MS_MAX} at most`);
  return { url, timeoutMs: ms, failOpen: failOpen === true };
}

function wrong(message: string): Problem {
  return { code: CODE.malformed, message: `policy.${message}` };
}
