/** Messages that wait for their time, and receipts of devices. */
import { z } from "@hono/zod-openapi";
import type { Receipts } from "../inbox/receipts.ts";
import { scheduledPage } from "../path/scheduled-page.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { Done, Refusal } from "./answer.ts";
import { actingUser } from "./auth.ts";
import { API_DEVICE } from "../path/system-sender.ts";
import { change, type ChangeParts } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { limitField, localIdField, messageIdField, nameField, textField } from "./fields.ts";
import { ENVELOPE, pageData } from "./pages.ts";

type Parts = ChangeParts & { sql: Sql; receipts: Receipts };

const USER_ID = nameField("Required with the app key; with a user's token the caller").optional();
const ENTRY = z.object({
  scheduleId: z.string(),
  sendAt: z.int(),
  failed: z.boolean().optional(),
  message: ENVELOPE,
});

export function addScheduled(endpoints: Endpoints, parts: Parts): void {
  const call = { tag: "messages", access: "anyone known" } as const;
  endpoints.add({
    ...call,
    method: "get",
    path: "/openapi/v1/message/scheduled",
    summary: "Messages of the user that wait for their time",
    input: z.object({
      userId: USER_ID,
      cursor: textField("That of the page before").optional(),
      limit: limitField(),
    }),
    data: z.object({ messages: z.array(ENTRY), cursor: z.string(), final: z.boolean() }),
    handle: async ({ userId, cursor = "", limit }, caller) => {
      const user = await actingUser(parts.sql, caller, userId, "query.userId");
      if (user instanceof Refusal) return user;
      const page = await scheduledPage(parts.sql, user.id, cursor, limit);
      return new Done(pageData(CMD.scheduled, page));
    },
  });
  endpoints.add({
    ...call,
    method: "delete",
    path: "/openapi/v1/message/scheduled",
    summary: "Cancel a message that waits for its time",
    input: z.object({
      userId: USER_ID,
      scheduleId: messageIdField(),
      localId: localIdField.optional(),
    }),
    example: { userId: "alice", scheduleId: "1" },
    data: z.null(),
    handle: async ({ userId, scheduleId, localId }, caller) => {
      const actor = await actingUser(parts.sql, caller, userId, "body.userId");
      if (actor instanceof Refusal) return actor;
      const data = { cancel: scheduleId };
      return await change(parts, caller, { cmd: CMD.scheduled, actor, localId, data });
    },
  });
  endpoints.add({
    ...call,
    method: "post",
    path: "/openapi/v1/receipt",
    summary: "A device has everything of the user's log up to a position",
    input: z.object({
      userId: USER_ID,
      device: nameField(`Absent: \`${API_DEVICE}\``).optional(),
      pts: z.int().min(0),
    }),
    example: { userId: "alice", device: "im_web", pts: 7 },
    data: z.null(),
    handle: async ({ userId, device = API_DEVICE, pts }, caller) => {
      const user = await actingUser(parts.sql, caller, userId, "body.userId");
      if (user instanceof Refusal) return user;
      if (parts.receipts.add(user.id, device, pts)) return new Done();
      return new Refusal(CODE.unavailable);
    },
  });
}
