/** The fields of requests as zod schemas: they check, and they are the source of /openapi.json. */
import { z } from "@hono/zod-openapi";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";

type Context = z.core.$RefinementCtx;

/** Text that Postgres and UTF-8 can hold. */
export function textField(description: string) {
  return z.string().superRefine(checkText).openapi({ type: "string", description });
}

/** An id of the host application's: of a user or a device. */
export function nameField(description: string, bytesMax: number = LIMIT.idBytes) {
  return z
    .string()
    .superRefine((value, context) => {
      checkText(value, context);
      if (value === "") wrong(context, CODE.incomplete, "empty");
      if (value.length * 3 > bytesMax && utf8Length(value) > bytesMax) {
        wrong(context, CODE.tooLarge, `more than ${bytesMax} bytes`);
      }
    })
    .openapi({ type: "string", minLength: 1, maxLength: bytesMax, description });
}

/** A list of users. Its length is looked at before its entries. */
export function namesField(description: string) {
  return z
    .array(z.unknown())
    .max(LIMIT.listIds, `more than ${LIMIT.listIds} entries`)
    .pipe(z.array(nameField("")))
    .openapi({
      type: "array",
      items: { type: "string", minLength: 1, maxLength: LIMIT.idBytes },
      maxItems: LIMIT.listIds,
      description,
    });
}

export const localIdField = nameField(
  "Your own id of the request: sent again, it is done once",
  LIMIT.localIdBytes,
);

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** A decimal string or a safe integer. */
export function conversationIdField(description = "Id of the conversation") {
  return z
    .unknown()
    .transform((value, context) => {
      const id = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
      if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return id;
      if (value === undefined) return wrong(context, CODE.incomplete, "absent");
      return wrong(context, CODE.malformed, "not an id below 2^53");
    })
    .openapi({ type: "string", pattern: "^[0-9]+$", description });
}

/** A Snowflake as its decimal text. */
export function messageIdField(description = "Id of the message") {
  return z
    .string()
    .superRefine((value, context) => {
      if (!/^[1-9][0-9]{0,18}$/.test(value)) wrong(context, CODE.malformed, "not a message's id");
    })
    .openapi({ type: "string", pattern: "^[0-9]+$", description });
}

/** A number of a query: 0 and up. */
export function positionField(description: string) {
  return z
    .string()
    .transform((value, context) => {
      const number = DECIMAL.test(value) ? Number(value) : -1;
      if (Number.isSafeInteger(number) && number >= 0) return number;
      return wrong(context, CODE.malformed, "not an integer from 0 to 2^53 - 1");
    })
    .openapi({ type: "integer", minimum: 0, description });
}

/** A time in a body: ms since 1970. */
export function instantField(description: string) {
  return z
    .int("not an integer")
    .min(0, "below 0")
    .openapi({ type: "integer", minimum: 0, description });
}

/** As over a WebSocket. */
const PAGE_DEFAULT = 100;

/** Entries in a page. */
export function limitField(byDefault: number = PAGE_DEFAULT) {
  return z
    .string()
    .transform((value, context) => {
      const number = /^[0-9]{1,15}$/.test(value) ? Number(value) : 0;
      if (number > LIMIT.pageEvents) {
        return wrong(context, CODE.tooLarge, `more than ${LIMIT.pageEvents}`);
      }
      if (number >= 1) return number;
      return wrong(context, CODE.malformed, `not an integer from 1 to ${LIMIT.pageEvents}`);
    })
    .optional()
    .transform((value) => value ?? byDefault)
    .openapi({
      type: "integer",
      minimum: 1,
      maximum: LIMIT.pageEvents,
      default: byDefault,
      description: "Entries in the page",
    });
}

/** `true` or `false` in a query. */
export function flagField(description: string) {
  return z
    .enum(["true", "false"])
    .optional()
    .transform((value) => value === "true")
    .openapi({ type: "boolean", default: false, description });
}

/** Checked by the codec of the JSON framing, so that HTTP and WebSocket take the same. */
export function framedField(
  type: "object" | "string" | "integer" | "boolean" | "array",
  description: string,
) {
  return z.unknown().openapi({ type, description });
}

export function framedRequiredField(type: "string", description: string) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value === undefined) wrong(context, CODE.incomplete, "absent");
    })
    .openapi({ type, description });
}

/** A string or an object, kept as its JSON text. */
export function jsonTextField(description: string) {
  return z
    .union([z.string().superRefine(checkText), z.record(z.string(), z.unknown())])
    .transform((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .openapi({ type: "string", description });
}

function checkText(value: string, context: Context): void {
  if (value.includes("\0")) wrong(context, CODE.malformed, "a NUL character");
  if (!value.isWellFormed()) wrong(context, CODE.malformed, "a lone surrogate");
}

function wrong(context: Context, code: number, message: string): never {
  context.addIssue({ code: "custom", message, params: { code } });
  // zod's own marker of "no value": the issue is what counts.
  return z.NEVER;
}
