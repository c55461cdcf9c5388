/** The reused object that `Codec.read` fills, and how a whole envelope fills it. */
import { contentMember } from "./data-shapes.ts";
import { CMD } from "./commands.ts";
import { type Content, type Control, DIRECTION, type Envelope, type Options } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { type Inbound, SECURITY, type Slice } from "./frame.ts";
import { wishesText } from "./wishes.ts";
import { utf8Length } from "./utf8.ts";

export const NO_BYTES = new Uint8Array(0);
/** Shared by everything that has no list. */
export const NO_NAMES: readonly string[] = Object.freeze([]);

export function createInbound(): Inbound {
  const inbound = { content: emptySlice(), options: emptySlice() } as Inbound;
  clearInbound(inbound);
  return inbound;
}

export function emptySlice(): Slice {
  return { bytes: NO_BYTES, start: 0, end: 0 };
}

export function setSlice(slice: Slice, bytes: Uint8Array, start: number, end: number): void {
  slice.bytes = bytes;
  slice.start = start;
  slice.end = end;
}

/** `cmd` is 99 until it could be read, as in the answer to a frame that can't be read. */
export function clearInbound(into: Inbound): void {
  into.direction = 0;
  into.cmd = CMD.error;
  into.localId = "";
  into.deviceId = "";
  into.conversationId = -1;
  into.conversationType = 0;
  into.type = 0;
  into.to = "";
  into.target = NO_NAMES;
  into.persistent = true;
  into.persistentGiven = false;
  into.pushEnabled = false;
  into.ttl = 0;
  into.wishes = "";
  into.priority = 0;
  into.syncDevice = true;
  into.security = 0;
  into.sign = "";
  into.readTimeout = 0;
  into.noReceipt = false;
  into.receiptType = 0;
  into.uncounted = false;
  into.sendAt = 0;
  setSlice(into.content, NO_BYTES, 0, 0);
  setSlice(into.options, NO_BYTES, 0, 0);
  into.textBytes = 0;
  into.mentionsAll = false;
  into.mentionUids = NO_NAMES;
  into.dataField = 0;
  into.byType = false;
  into.silent = false;
  into.problem = "";
}

/** Everything but the bytes of content and options. */
export function fillInbound(into: Inbound, envelope: Envelope): void {
  const { header, route, content, control, options } = envelope;
  into.direction = envelope.direction;
  into.cmd = envelope.cmd;
  into.localId = header?.localId ?? "";
  into.deviceId = header?.deviceId ?? "";
  into.conversationId = route?.conversationId ?? -1;
  into.conversationType = route?.conversationType ?? 0;
  into.type = route?.type ?? 0;
  into.to = route?.to ?? "";
  into.target = route?.target ?? NO_NAMES;
  if (control) fillControl(into, control);
  if (content) fillContent(into, content);
  if (options) fillOptions(into, options);
}

export function fillControl(into: Inbound, control: Control): void {
  into.persistentGiven = control.persistent !== undefined;
  into.persistent = control.persistent ?? true;
  into.pushEnabled = control.push?.["enable"] === true;
  into.ttl = control.ttl ?? 0;
  into.priority = control.priority ?? 0;
  into.syncDevice = control.syncDevice ?? true;
  into.wishes = wishesText(control);
  into.noReceipt = control.needReceipt === false;
  into.receiptType = control.receiptType ?? 0;
  into.sendAt = control.sendAt ?? 0;
  into.readTimeout = control.readTimeout ?? 0;
  fillSecurity(into, control.security ?? {});
}

export function fillOptions(into: Inbound, { conversation }: Options): void {
  into.uncounted = conversation?.unread === false;
}

function fillSecurity(into: Inbound, security: Record<string, unknown>): void {
  const { checkSensitive, checkSpam, encryption, sign } = security;
  into.sign = typeof sign === "string" ? sign : "";
  into.security =
    (checkSensitive === true ? SECURITY.checkSensitive : 0) |
    (checkSpam === true ? SECURITY.checkSpam : 0) |
    (typeof encryption === "string" && encryption !== "" ? SECURITY.encrypted : 0) |
    (into.sign === "" && into.readTimeout === 0 ? 0 : SECURITY.carried);
}

/** `into` has its command and direction. */
export function fillContent(into: Inbound, content: Content): void {
  into.textBytes = content.text === undefined ? 0 : utf8Length(content.text);
  into.mentionsAll = content.mentions?.all ?? false;
  into.mentionUids = content.mentions?.uids ?? NO_NAMES;
  const member = content.data && contentMember(into.cmd, into.direction);
  into.dataField = member?.number ?? 0;
}

const PRIORITY_MAX = 9;
const RECEIPT_TYPE_MAX = 2;

/** The last check of every framing: content without a command would pass for a heartbeat. */
export function checkCommand(into: Inbound, hasContent: boolean): number {
  if (into.priority > PRIORITY_MAX) {
    into.problem = `control.priority: not from 0 to ${PRIORITY_MAX}`;
    return CODE.malformed;
  }
  if (into.receiptType > RECEIPT_TYPE_MAX) {
    into.problem = `control.receiptType: not from 0 to ${RECEIPT_TYPE_MAX}`;
    return CODE.malformed;
  }
  if (into.cmd !== CMD.heartbeat || into.direction !== DIRECTION.request || !hasContent) return 0;
  into.problem = "cmd: absent";
  return CODE.incomplete;
}
