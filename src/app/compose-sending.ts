/** Joins what takes requests in, steps 1 to 4, and what answers them, step 9. */
import { type LocalGateway, Router } from "../delivery/router.ts";
import { Attendance } from "../gateway/attendance.ts";
import { Acknowledged } from "../gateway/acknowledged.ts";
import { CatchUp } from "../gateway/catch-up.ts";
import { ExampleimPushes } from "../gateway/exampleim-pushes.ts";
import { Inbound } from "../gateway/inbound.ts";
import type { Lease } from "../gateway/lease.ts";
import { Outbound } from "../gateway/outbound.ts";
import { Sessions } from "../gateway/sessions.ts";
import { TransientPush } from "../gateway/transient-push.ts";
import { Watches } from "../gateway/watches.ts";
import { WideLogs } from "../gateway/wide-logs.ts";
import { Audiences } from "../path/audiences.ts";
import { DirectPush } from "../path/direct-push.ts";
import { Asking } from "../path/asking.ts";
import { EditChecks } from "../path/edit-checks.ts";
import { Ingest } from "../path/ingest.ts";
import { answerOf } from "../path/outcome.ts";
import { Pending } from "../path/pending.ts";
import { Requests } from "../path/requests.ts";
import { Receipts } from "../inbox/receipts.ts";
import { Appender, type AppendLimits } from "../transfer/append.ts";
import { createCodecs } from "../wire/codec.ts";
import type { Wishes } from "../wire/wishes.ts";
import { type AskBeforeSend, Judgements } from "../filter/before-send.ts";
import { SensitiveWords } from "../filter/sensitive-words.ts";
import { askSpamScore } from "../notify/spam-score.ts";
import { ContentChecks } from "../path/content-checks.ts";
import { SECURITY } from "../wire/frame.ts";
import { askBeforeSend } from "../notify/before-send.ts";
import { whyNoCallback } from "../notify/callbacks.ts";
import { CODE } from "../wire/errors.ts";
import type { Config } from "./config.ts";
import { commandTable } from "./command-table.ts";
import type { Presence } from "./compose-presence.ts";
import { hasProviders } from "./compose-push.ts";
import { keyedHash, type Shared } from "./shared.ts";

export type Sending = ReturnType<typeof composeSending>;

/** What connections and HTTP both send by. */
export function composeSending(shared: Shared) {
  const { values } = shared.config;
  const sessions = new Sessions(values.LINNET_CONNECTIONS_MAX);
  const wideLogs = new WideLogs();
  const codecs = createCodecs();
  const pending = new Pending(values.LINNET_PENDING_MAX, 1, values.LINNET_BUSY_MS);
  const slowBytes = values.LINNET_SLOW_BYTES;
  const outbound = new Outbound({ sessions, wideLogs, codecs, pending, slowBytes });
  const receipts = new Receipts(shared.sql);
  outbound.exampleim = new ExampleimPushes({ ...shared, sessions, outbound, receipts });
  const watches = new Watches();
  const transientPush = new TransientPush({ ...shared, sessions, codecs, outbound, watches });
  const access = shared.newAccess();
  const appender = composeAppender(shared, outbound);
  const { callbackUrls } = shared.config;
  const words = new SensitiveWords({ ...shared, policy: shared.config.sensitive });
  const contentChecks = new ContentChecks(words, values.LINNET_SIGN_KEY);
  const callbackProblem = (wishes: Wishes) => whyNoCallback(wishes, callbackUrls);
  const judgements = judgementsOf(shared);
  const ingest = new Ingest({
    ...shared,
    access,
    hash: keyedHash(shared),
    appender,
    asking: new Asking({ ...shared, secret: values.LINNET_ASK_SECRET || values.LINNET_APP_KEY }),
    hasJoined: (slot, conversationId) => wideLogs.hasJoined(slot, conversationId),
    callbackProblem,
    judgements,
    contentChecks,
  });
  const requests = new Requests({ ...shared, ingest, pending });
  const acknowledged = new Acknowledged({ ...shared, isWanted: hasProviders(shared.config) });
  const pushing = { sessions, wideLogs, watches, codecs, outbound, transientPush };
  return {
    ...pushing,
    words,
    contentChecks,
    acknowledged,
    receipts,
    pending,
    access,
    appender,
    ingest,
    requests,
    editChecks: new EditChecks({ ...shared, contentChecks, judgements }),
  };
}

/** Undefined where nobody is asked. */
function judgementsOf(shared: Shared): Judgements | undefined {
  const { values } = shared.config;
  const beforeSend = beforeSendOf(shared);
  const url = values.LINNET_SPAM_URL;
  if (!url || shared.config.spam === "off") {
    return beforeSend && new Judgements({ ask: beforeSend, each: true, asked: 0 });
  }
  const always = shared.config.spam === "always";
  const spam = askSpamScore({
    ...shared,
    url,
    always,
    secret: values.LINNET_WEBHOOK_SECRET,
    timeoutMs: values.LINNET_SPAM_TIMEOUT_MS,
    threshold: values.LINNET_SPAM_SCORE,
  });
  const ask: AskBeforeSend = async (message) => {
    if (beforeSend === undefined || message.byServer) return await spam(message);
    const judged = await beforeSend(message);
    if (judged.code !== 0) return judged;
    const { content: bytes } = judged;
    const content = bytes ? { bytes, start: 0, end: bytes.length } : message.content;
    const scored = await spam({ ...message, content });
    return scored.code === 0 ? judged : scored;
  };
  const each = always || beforeSend !== undefined;
  return new Judgements({ ask, each, asked: SECURITY.checkSpam });
}

function beforeSendOf(shared: Shared): AskBeforeSend | undefined {
  const { values } = shared.config;
  const url = values.LINNET_BEFORE_SEND_URL;
  if (!url) return undefined;
  return askBeforeSend({
    ...shared,
    url,
    secret: values.LINNET_WEBHOOK_SECRET,
    timeoutMs: values.LINNET_BEFORE_SEND_TIMEOUT_MS,
    failOpen: values.LINNET_BEFORE_SEND_FAIL === "open",
  });
}

export function appendLimits({ values }: Config): AppendLimits {
  return {
    gatherMs: values.LINNET_GATHER_MS,
    entryBytesMax: values.LINNET_ENTRY_BYTES,
    entryRecordsMax: values.LINNET_ENTRY_RECORDS,
    streamEntriesMax: values.LINNET_STREAM_ENTRIES,
    streamBytesMax: values.LINNET_STREAM_BYTES,
    seqTtlSeconds: values.LINNET_SEQ_TTL_SECONDS,
  };
}

function composeAppender(shared: Shared, outbound: Outbound): Appender {
  return new Appender({
    ...shared,
    limits: appendLimits(shared.config),
    notTaken: (requests, why) => {
      for (const request of requests) {
        outbound.answer({ ...answerOf(request, CODE.unavailable), message: why });
      }
    },
  });
}

/** What the frames of connections go through; messages, direct pushes and commands part here. */
export function composeInbound(
  shared: Shared,
  sending: Sending,
  lease: Lease,
  local: LocalGateway,
  presence: Presence,
): Inbound {
  const { values } = shared.config;
  const direct = new DirectPush({
    ...shared,
    ...sending,
    router: new Router(shared.redis, local, shared.clock),
    audiences: new Audiences(shared.sql, sending.access.grants),
    isHere: (userId) => sending.sessions.ofUser(userId).length > 0,
    answer: (item) => sending.outbound.answer(item),
  });
  const catchUp = new CatchUp(sending.sessions, sending.wideLogs);
  const { epoch } = shared.settings;
  const recentEvents = values.LINNET_RECENT_EVENTS;
  const attendance = new Attendance({ ...shared, ...sending, recentEvents });
  return new Inbound({
    ...shared,
    ...sending,
    direct,
    commands: commandTable({
      ...shared,
      ...sending,
      ...presence,
      epoch,
      catchUp,
      attendance,
      contentLimits: {
        textBytes: values.LINNET_TEXT_BYTES,
        contentBytes: values.LINNET_CONTENT_BYTES,
      },
    }),
    lease,
    limits: {
      messagesPerSecond: values.LINNET_MESSAGES_PER_SECOND,
      messagesBurst: values.LINNET_MESSAGES_BURST,
      userMessagesPerSecond:
        values.LINNET_USER_MESSAGES_PER_SECOND || 2 * values.LINNET_MESSAGES_PER_SECOND,
      userMessagesBurst: values.LINNET_USER_MESSAGES_BURST || 2 * values.LINNET_MESSAGES_BURST,
      signalsPerSecond: values.LINNET_SIGNALS_PER_SECOND,
      signalsBurst: values.LINNET_SIGNALS_BURST,
      textBytes: values.LINNET_TEXT_BYTES,
      contentBytes: values.LINNET_CONTENT_BYTES,
      waitingFrames: values.LINNET_WAITING_FRAMES,
    },
  });
}
