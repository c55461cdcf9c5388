/** Pages of logs, history and lists as JSON, the same as in the answer to a WebSocket frame. */
import { z } from "@hono/zod-openapi";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { writeEnvelope } from "../wire/plain-write.ts";

/** `response.data` of the command that asks for the same over a WebSocket. */
export function pageData(cmd: number, data: object): unknown {
  const response = { code: CODE.ok, data: data as Data };
  const envelope = writeEnvelope({ direction: DIRECTION.response, cmd, response }, "json");
  return (envelope["response"] as { data: unknown }).data;
}

/** An envelope, for the documentation. */
export const ENVELOPE = z
  .object({
    direction: z.int().openapi({ description: "3: an event" }),
    cmd: z.int().openapi({ description: "Command code" }),
    header: z.object({ version: z.int().optional(), localId: z.string().optional() }).optional(),
    route: z
      .object({
        type: z.int().optional(),
        conversationId: z.string().optional(),
        conversationType: z.int().optional(),
        from: z.string().optional(),
        source: z.string().optional(),
      })
      .optional(),
    content: z.looseObject({ text: z.string().optional() }).optional(),
    options: z.looseObject({}).optional(),
    messageExtra: z
      .object({
        messageId: z.string().optional(),
        conversationSeq: z.int().optional(),
        conversationPts: z.int().optional(),
        timestamp: z.int().optional(),
        mentionedAll: z.boolean().optional(),
        mentioned: z.boolean().optional(),
        hidden: z.boolean().optional().openapi({ description: "Gone, or not for this reader" }),
        recalled: z.boolean().optional().openapi({ description: "Taken back" }),
        version: z.int().optional().openapi({ description: "How often it was edited" }),
        reactions: z
          .array(
            z.object({
              reaction: z.string(),
              count: z.int(),
              mine: z.boolean().optional(),
            }),
          )
          .optional(),
        pts: z.int().optional(),
      })
      .optional(),
  })
  .openapi("Envelope");
