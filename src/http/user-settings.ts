/** Users themselves: the settings that their devices share, and muted by an administrator. */
import { z } from "@hono/zod-openapi";
import { userSettings } from "../inbox/user-settings.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { LIMIT } from "../wire/limits.ts";
import { Done, Refusal } from "./answer.ts";
import { actingUser, usersNamed } from "./auth.ts";
import { type ChangeParts, change } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { jsonTextField, localIdField, nameField, textField } from "./fields.ts";

const USER_ID = nameField("The user who acts; with a user's token the caller").optional();

const SETTING = z.object({
  key: textField("Letters, digits, . _ -"),
  value: jsonTextField("An empty one removes the setting").optional(),
});
const SET = z.object({
  userId: USER_ID,
  settings: z.array(SETTING).max(LIMIT.listIds, `more than ${LIMIT.listIds} entries`),
  localId: localIdField.optional(),
});
const READ = z.object({ userId: USER_ID });
const ALL = z.object({ settings: z.array(z.object({ key: z.string(), value: z.string() })) });

/** The year 10000: what Postgres can hold is later, what JSON can say too. */
const UNTIL_MAX_MS = 253_402_300_800_000;

const MUTED = z.object({
  userId: nameField("Who may not send anything"),
  until: z
    .int()
    .min(0)
    .max(UNTIL_MAX_MS)
    .openapi({ description: "Milliseconds since 1970; 0 ends the mute" }),
  localId: localIdField.optional(),
});

type Parts = ChangeParts & { sql: Sql };

export function addUserSettings(endpoints: Endpoints, parts: Parts): void {
  const setting = { path: "/openapi/v1/user/setting", tag: "users", data: ALL } as const;
  endpoints.add({
    ...setting,
    method: "post",
    summary: "Set some of a user's settings",
    access: "anyone known",
    input: SET,
    example: { userId: "alice", settings: [{ key: "language", value: "de" }] },
    handle: async ({ userId, settings, localId }, caller) => {
      const actor = await actingUser(parts.sql, caller, userId, "body.userId");
      if (actor instanceof Refusal) return actor;
      if (settings.length > 0) {
        const data = { settings };
        const asked = { cmd: CMD.userSetting, actor, localId, data };
        const outcome = await change(parts, caller, asked);
        if (outcome instanceof Refusal) return outcome;
      }
      return new Done({ settings: await userSettings(parts.sql, actor.id) });
    },
  });
  endpoints.add({
    ...setting,
    method: "get",
    summary: "A user's settings",
    access: "anyone known",
    input: READ,
    handle: async ({ userId }, caller) => {
      const user = await actingUser(parts.sql, caller, userId, "query.userId");
      if (user instanceof Refusal) return user;
      return new Done({ settings: await userSettings(parts.sql, user.id) });
    },
  });
  addMute(endpoints, parts);
}

function addMute(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/user/mute",
    tag: "users",
    summary: "Let a user send nothing until a time",
    access: "application",
    input: MUTED,
    data: z.null(),
    example: { userId: "alice", until: 1_795_212_345_678 },
    handle: async ({ userId, until, localId }, caller) => {
      const ids = await usersNamed(parts.sql, [userId], "body.userId");
      if (ids instanceof Refusal) return ids;
      // Nobody of the users does this: the actor is the system.
      const actor = { id: 0, name: "" };
      const peerId = ids[0] as number;
      return await change(parts, caller, {
        cmd: CMD.userMute,
        actor,
        localId,
        peerId,
        value: until,
      });
    },
  });
}
