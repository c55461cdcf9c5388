/** Updates and mutes of groups in a settled world: applied once, in the order of their logs. */
import { CMD } from "../../src/wire/commands.ts";
import { contentOf } from "../../src/wire/content-bytes.ts";
import { DIRECTION } from "../../src/wire/envelope.ts";
import { CODE } from "../../src/wire/errors.ts";
import { type Asked, type GroupName, USERS } from "./cast.ts";
import { isLaterId } from "./sql-text.ts";
import type { EventTableRow, Tables } from "./tables.ts";
import type { World } from "./world.ts";

interface Told {
  id: string;
  name: string | undefined;
  /** Of a mute. */
  until: number | undefined;
}

export function checkChanges(world: World, tables: Tables): void {
  for (const group of Object.keys(world.groups) as GroupName[]) {
    const id = world.groups[group];
    const row = tables.conversations.get(id);
    if (row === undefined) continue;
    const asked = world.changes.filter((change) => change.group === group);
    const told = [...tables.events.values()]
      .filter(({ conversationId }) => conversationId === id)
      .flatMap(read)
      .sort((a, b) => (isLaterId(a.id, b.id) ? 1 : -1));
    for (const change of asked) checkOnce(world, change, told);
    const name = told.findLast((event) => event.name !== undefined)?.name ?? group;
    if (row.name !== name) world.violation(`${group} is called ${row.name}, and told as ${name}`);
    checkMute(world, tables, group, told);
  }
}

/** One event for each command that was answered, and never two. */
function checkOnce(world: World, { group, mark, code }: Asked, told: readonly Told[]): void {
  if (mark === "") return;
  const times = told.filter(({ name, until }) => name === mark || String(until) === mark).length;
  if (code === CODE.ok ? times !== 1 : times > 1) {
    world.violation(`${group}: ${mark}, answered ${code}, stands ${times} times in the log`);
  }
}

/** What the last event says of the mute is what the member's row says, and he kept to it. */
function checkMute(world: World, tables: Tables, group: GroupName, told: readonly Told[]): void {
  const place = [...world.muted].find((candidate) => candidate.startsWith(`${group} `));
  if (place === undefined) return;
  const userId = USERS.indexOf(place.slice(group.length + 1) as (typeof USERS)[number]) + 1;
  const id = world.groups[group];
  const mutes = told.filter(({ until }) => until !== undefined);
  const last = mutes.at(-1)?.until ?? 0;
  const held = tables.member(id, userId)?.mutedUntilMs ?? 0;
  if (held !== last) world.violation(`${place} is muted until ${held}, and told until ${last}`);
  const said = [...(tables.messages.get(id)?.values() ?? [])];
  for (const message of said) {
    if (message.senderId !== userId) continue;
    const before = mutes.findLast((event) => isLaterId(message.id, event.id));
    if ((before?.until ?? 0) === 0) continue;
    world.violation(`${message.localId} is of one who had been muted`);
  }
}

function read({ id, cmd, content }: EventTableRow): Told[] {
  if (cmd !== CMD.groupUpdate && cmd !== CMD.groupMute) return [];
  const slice = { bytes: content, start: 0, end: content.length };
  const data = contentOf(slice, cmd, DIRECTION.push).data ?? {};
  const name = cmd === CMD.groupUpdate ? String(data["name"]) : undefined;
  const until = cmd === CMD.groupMute ? Number(data["until"] ?? 0) : undefined;
  return [{ id, name, until }];
}
