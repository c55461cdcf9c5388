/** SYNC_MSG (71): pages of a user's own log, or of a wide conversation's log. */
import type { Acknowledged } from "../gateway/acknowledged.ts";
import type { CatchUp } from "../gateway/catch-up.ts";
import {
  answered,
  type Command,
  type CommandAnswer,
  type CommandContext,
  listed,
  refusedWith,
} from "../gateway/command.ts";
import {
  newestOwnPts,
  ownDifference,
  type Page,
  wideDifference,
  type WideLog,
} from "../inbox/difference.ts";
import { pageEntryOf } from "../inbox/events.ts";
import { findReader } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { memberCode, numberOf, textOf } from "./parameters.ts";
import { findWideLog, guestWideLog } from "../inbox/wide-log.ts";

export function syncCommand(
  sql: Sql,
  epoch: string,
  catchUp: CatchUp,
  acknowledged: Acknowledged,
): Command {
  return (context) =>
    context.envelope.route?.conversationId === undefined
      ? syncOwn(sql, epoch, catchUp, acknowledged, context)
      : syncWide(sql, epoch, catchUp, context);
}

async function syncOwn(
  sql: Sql,
  epoch: string,
  catchUp: CatchUp,
  acknowledged: Acknowledged,
  { slot, sender, envelope }: CommandContext,
): Promise<CommandAnswer> {
  const data = envelope.content?.data ?? {};
  const limit = numberOf(data, "limit") || LIMIT.pageEvents;
  if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
  const pts = numberOf(data, "pts");
  const asked = textOf(data, "epoch");
  catchUp.begin(slot);
  const reset = () => resetOwn(sql, epoch, catchUp, slot, sender.userId);
  if (asked !== "" && asked !== epoch) return await reset();
  const page = await readOwn(sql, catchUp, slot, sender.userId, pts, limit);
  if (pts > page.newest) return await reset();
  acknowledged.note(sender.userId, pts);
  const final = catchUp.isFinal(slot, page.position) && page.position >= page.newest;
  const entries = page.rows.flatMap((row) => pageEntryOf(row, row.position) ?? []);
  const shown = { pts: page.position, final, epoch };
  const answer = listed(shown, { name: "events", entries });
  return final ? { ...answer, sent: () => catchUp.live(slot, page.position) } : answer;
}

/** One page, filled up with what was committed while it was read. */
async function readOwn(
  sql: Sql,
  catchUp: CatchUp,
  slot: number,
  userId: number,
  pts: number,
  limit: number,
): Promise<Page> {
  const page = await ownDifference(sql, userId, pts, limit);
  while (page.rows.length < limit / 2 && !catchUp.isFinal(slot, page.position)) {
    const more = await ownDifference(sql, userId, page.position, limit - page.rows.length);
    if (more.position === page.position) break;
    page.rows.push(...more.rows);
    page.position = more.position;
    page.newest = more.newest;
  }
  return page;
}

async function resetOwn(
  sql: Sql,
  epoch: string,
  catchUp: CatchUp,
  slot: number,
  userId: number,
): Promise<CommandAnswer> {
  let pts = await newestOwnPts(sql, userId);
  for (let tries = 0; tries < 10 && !catchUp.isFinal(slot, pts); tries++) {
    pts = await newestOwnPts(sql, userId);
  }
  const final = catchUp.isFinal(slot, pts);
  const answer = answered(CODE.ok, { events: [], pts, final: true, reset: true, epoch });
  return final ? { ...answer, sent: () => catchUp.live(slot, pts) } : answer;
}

async function syncWide(
  sql: Sql,
  epoch: string,
  catchUp: CatchUp,
  { slot, sender, envelope }: CommandContext,
): Promise<CommandAnswer> {
  const conversationId = envelope.route?.conversationId as number;
  const data = envelope.content?.data ?? {};
  const limit = numberOf(data, "limit") || LIMIT.pageEvents;
  if (limit > LIMIT.pageEvents) return refusedWith(CODE.tooLarge, "limit is at most 500");
  catchUp.beginWide(slot, conversationId);
  const leased = catchUp.leasedFrom(slot, conversationId);
  const find: FindLog = () =>
    leased === undefined
      ? findWideLog(sql, conversationId, sender.userId)
      : guestWideLog(sql, conversationId, leased.pts);
  const log = await find();
  if (log === undefined) {
    const found = await findReader(sql, conversationId, sender.userId);
    const code = memberCode(found);
    if (code !== CODE.ok) return answered(code);
    return refusedWith(CODE.malformed, "the conversation has no log of its own: it isn't wide");
  }
  const from = numberOf(data, "conversationPts");
  const asked = textOf(data, "epoch");
  if ((asked !== "" && asked !== epoch) || from > log.newest) {
    return wideAnswer(catchUp, slot, conversationId, {
      page: { rows: [], position: log.newest, newest: log.newest },
      reset: true,
      epoch,
    });
  }
  const begin = Math.max(from, log.joinedPts);
  const page = await readWide({ sql, catchUp, userId: sender.userId, find }, log, begin, limit);
  return wideAnswer(catchUp, slot, conversationId, { page, reset: false, epoch });
}

/** The log as it stands now, for a member or for who has joined from this connection. */
type FindLog = () => Promise<WideLog | undefined>;

async function readWide(
  parts: { sql: Sql; catchUp: CatchUp; userId: number; find: FindLog },
  log: WideLog,
  from: number,
  limit: number,
): Promise<Page> {
  const { sql, catchUp, userId, find } = parts;
  const page = await wideDifference(sql, log, userId, from, limit);
  while (page.rows.length < limit / 2 && !catchUp.isWideFinal(log.conversationId, page)) {
    const again = await find();
    if (again === undefined || again.newest <= page.position) break;
    const left = limit - page.rows.length;
    const more = await wideDifference(sql, again, userId, page.position, left);
    page.rows.push(...more.rows);
    page.position = more.position;
    page.newest = more.newest;
  }
  return page;
}

function wideAnswer(
  catchUp: CatchUp,
  slot: number,
  conversationId: number,
  { page, reset, epoch }: { page: Page; reset: boolean; epoch: string },
): CommandAnswer {
  const final = reset || catchUp.isWideFinal(conversationId, page);
  const data = { conversationPts: page.position, final, ...(reset ? { reset } : {}), epoch };
  const entries = page.rows.flatMap((row) => pageEntryOf(row, -1) ?? []);
  const answer = listed(data, { name: "events", entries });
  const live = () => catchUp.liveWide(slot, conversationId, page.position);
  return final ? { ...answer, sent: live } : answer;
}
