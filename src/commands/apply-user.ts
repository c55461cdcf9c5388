/** The writer's side of users themselves: muted by an administrator, and their settings. */
import { readQuietHours } from "../base/quiet-hours.ts";
import { type Applier, type ChangeContext, refused } from "../path/change.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";
import { dataOf } from "./apply-relation.ts";
import { namesOf, ownEvent, unchanged } from "./relation-rows.ts";

/** `record.peerId` may not send anything until `record.value`, ms since 1970; 0 ends that. */
export const applyUserMute: Applier = async ({ sql, record }) => {
  const { cmd, peerId, value } = record;
  const rows = await sql`
    UPDATE users SET muted_until = until
    FROM (SELECT to_timestamp(nullif(${value}::float8, 0) / 1000) AS until) AS asked
    WHERE id = ${peerId} AND muted_until IS DISTINCT FROM until
    RETURNING id`;
  if (rows.length === 0) return unchanged();
  const nameOf = await namesOf(sql, peerId, peerId);
  const event = ownEvent(cmd, peerId, { userId: nameOf(peerId), until: value });
  return { ...unchanged(), effects: [event], users: [peerId] };
};

interface Setting {
  key: string;
  value: string;
}

/** Sets the keys that the record names; an empty value removes one. */
export const applyUserSetting: Applier = async (context) => {
  const { sql, record } = context;
  const { cmd, senderId } = record;
  const asked = settingsOf(context);
  for (const { key, value } of asked) {
    const problem = problemOf(key, value);
    if (problem !== undefined)
      return refused(problem.code, `content.data.settings: ${problem.what}`);
  }
  const rows = await sql<
    Setting[]
  >`SELECT key, value FROM user_settings WHERE user_id = ${senderId}`;
  const held = new Map(rows.map((row) => [row.key, row.value]));
  const changed = [...new Map(asked.map((one) => [one.key, one])).values()].filter(
    ({ key, value }) => (held.get(key) ?? "") !== value,
  );
  if (changed.length === 0) return unchanged();
  for (const { key, value } of changed) {
    if (value === "") held.delete(key);
    else held.set(key, value);
  }
  if (held.size > LIMIT.settingsPerUser) {
    return refused(CODE.tooLarge, `content.data.settings: more than ${LIMIT.settingsPerUser}`);
  }
  await sql`
    DELETE FROM user_settings WHERE user_id = ${senderId}
      AND key = ANY(${sql.array(
        changed.map((one) => one.key),
        25,
      )}::text[])`;
  const set = changed.filter((one) => one.value !== "");
  await sql`
    INSERT INTO user_settings (user_id, key, value)
    SELECT ${senderId}, * FROM unnest(${sql.array(
      set.map((one) => one.key),
      25,
    )}::text[], ${sql.array(
      set.map((one) => one.value),
      25,
    )}::text[])`;
  return { ...unchanged(), effects: [ownEvent(cmd, senderId, { settings: changed })] };
};

function settingsOf(context: ChangeContext): Setting[] {
  const given = (dataOf(context)["settings"] ?? []) as Partial<Setting>[];
  return given.map(({ key = "", value = "" }) => ({ key, value }));
}

interface Problem {
  code: number;
  what: string;
}

const KEY = /^[A-Za-z0-9._-]+$/;
const TRUTH = /^(?:true|false)$/;
const LANGUAGE = /^[A-Za-z0-9-]{1,35}$/;
const ADD_MODE = /^(?:anyone|friendsOfFriends|nobody)$/;

/** The settings that the server itself reads have a form; all others are the application's. */
function problemOf(key: string, value: string): Problem | undefined {
  if (key === "") return { code: CODE.incomplete, what: "key is required" };
  if (utf8Length(key) > LIMIT.settingKeyBytes) {
    return { code: CODE.tooLarge, what: `key: more than ${LIMIT.settingKeyBytes} bytes` };
  }
  if (!KEY.test(key)) return { code: CODE.malformed, what: "key: letters, digits, . _ - only" };
  if (utf8Length(value) > LIMIT.settingValueBytes) {
    return { code: CODE.tooLarge, what: `${key}: more than ${LIMIT.settingValueBytes} bytes` };
  }
  if (value === "" || isWellFormed(key, value)) return undefined;
  return { code: CODE.malformed, what: `${key}: not of its form` };
}

function isWellFormed(key: string, value: string): boolean {
  switch (key) {
    case "language":
      return LANGUAGE.test(value);
    case "pushPreview":
      return TRUTH.test(value);
    case "addMode":
      return ADD_MODE.test(value);
    case "doNotDisturb":
      return readQuietHours(value) !== undefined;
    default:
      return true;
  }
}
