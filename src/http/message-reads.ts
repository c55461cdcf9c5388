/** What is known about single messages: pins, versions, readers. */
import { z } from "@hono/zod-openapi";
import type { Reader } from "../inbox/history.ts";
import { editedVersions, pinnedMessages, readersOf } from "../inbox/message-facts.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller } from "./auth.ts";
import { readerOf } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import {
  conversationIdField,
  limitField,
  messageIdField,
  nameField,
  positionField,
  textField,
} from "./fields.ts";
import { ENVELOPE, pageData } from "./pages.ts";

const OF_CONVERSATION = {
  conversationId: conversationIdField(),
  userId: nameField("With the app key: as this user sees it; absent: as the server").optional(),
};
const OF_MESSAGE = { ...OF_CONVERSATION, messageId: messageIdField(), limit: limitField() };

export function addMessageReads(endpoints: Endpoints, { sql }: { sql: Sql }): void {
  const call = { method: "get", tag: "messages", access: "anyone known" } as const;
  endpoints.add({
    ...call,
    path: "/openapi/v1/message/pins",
    summary: "The pinned messages of a conversation",
    input: z.object(OF_CONVERSATION),
    data: z.object({ messages: z.array(ENVELOPE) }),
    handle: (input, caller) =>
      read(sql, caller, CMD.pinList, input, async (reader) => ({
        messages: await pinnedMessages(sql, reader),
      })),
  });
  endpoints.add({
    ...call,
    path: "/openapi/v1/message/edits",
    summary: "The versions of an edited message",
    input: z.object({
      ...OF_MESSAGE,
      fromVersion: positionField("The first; 0 is what was sent").optional(),
    }),
    data: z.object({ versions: z.array(ENVELOPE), final: z.boolean() }),
    handle: (input, caller) =>
      read(sql, caller, CMD.editList, input, (reader) =>
        editedVersions(sql, reader, input.messageId, input.fromVersion ?? 0, input.limit),
      ),
  });
  endpoints.add({
    ...call,
    path: "/openapi/v1/message/readers",
    summary: "Who has read a message",
    input: z.object({ ...OF_MESSAGE, cursor: textField("That of the page before").optional() }),
    data: z.object({ userIds: z.array(z.string()), cursor: z.string(), final: z.boolean() }),
    handle: (input, caller) =>
      read(sql, caller, CMD.readerList, input, (reader) =>
        readersOf(sql, reader, input.messageId, input.cursor ?? "", input.limit),
      ),
  });
}

async function read(
  sql: Sql,
  caller: Caller,
  cmd: number,
  input: { conversationId: number; userId?: string | undefined; messageId?: string },
  question: (reader: Reader) => Promise<object | undefined>,
): Promise<Outcome> {
  const { conversationId, userId, messageId } = input;
  const server = caller.user === undefined && userId === undefined;
  const user = server ? { id: 0, name: "" } : await actingUser(sql, caller, userId, "query.userId");
  if (user instanceof Refusal) return user;
  const reader = await readerOf(sql, conversationId, user.id);
  if (reader instanceof Refusal) return reader;
  const answer = await question(reader);
  if (answer !== undefined) return new Done(pageData(cmd, answer));
  return new Refusal(CODE.notFound, `query.messageId: there is no message ${messageId}`);
}
