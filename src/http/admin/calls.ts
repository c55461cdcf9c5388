/** The calls of administration: by their own key, each in the log of who did what. */
import type { z } from "@hono/zod-openapi";
import { LIMIT } from "../../wire/limits.ts";
import { CODE } from "../../wire/errors.ts";
import type { Sql } from "../../postgres/client.ts";
import { type Outcome, Refusal } from "../answer.ts";
import type { Endpoint, Endpoints } from "../endpoints.ts";

export type AdminCall<Input extends z.ZodObject> = Omit<
  Endpoint<Input>,
  "access" | "tag" | "path"
> & {
  /** Below /openapi/v1/admin. */
  path: string;
  /** Fields of the input that say what it is about, for the log. */
  target: readonly (keyof z.infer<Input> & string)[];
};

const TARGET_CHARACTERS_MAX = 1000;

export class AdminCalls {
  readonly #endpoints: Endpoints;
  readonly #sql: Sql;

  constructor(endpoints: Endpoints, sql: Sql) {
    this.#endpoints = endpoints;
    this.#sql = sql;
  }

  add<Input extends z.ZodObject>(call: AdminCall<Input>): void {
    const { target, ...endpoint } = call;
    const path = `/openapi/v1/admin/${call.path}`;
    const name = `${call.method.toUpperCase()} ${path}`;
    this.#endpoints.add<Input>({
      ...endpoint,
      path,
      tag: "administration",
      access: "administrator",
      handle: async (input, caller) => {
        const given = input as Record<string, unknown>;
        const about = Object.fromEntries(target.map((field) => [field, given[field]]));
        const text = JSON.stringify(about).slice(0, TARGET_CHARACTERS_MAX);
        // Noted before it is done: a process that dies amid it leaves the row without an outcome.
        const id = await this.#note(caller.actor ?? "", name, text);
        let code: number = CODE.internal;
        try {
          const outcome = await call.handle(input, caller);
          code = codeOf(outcome);
          return outcome;
        } finally {
          await this.#sql`UPDATE admin_log SET outcome = ${code} WHERE id = ${id}`;
        }
      },
    });
  }

  async #note(actor: string, call: string, target: string): Promise<number> {
    const [row] = await this.#sql<{ id: number }[]>`
      INSERT INTO admin_log (actor, call, target) VALUES (${actor}, ${call}, ${target})
      RETURNING id`;
    return row?.id ?? 0;
  }
}

function codeOf(outcome: Outcome): number {
  return outcome instanceof Refusal ? outcome.code : CODE.ok;
}

export interface Page<Row> {
  rows: Row[];
  /** "" when there are no more. */
  cursor: string;
}

/** Of rows that were asked for with `limit + 1`, by ids that rise or fall. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => number | string,
): Page<Row> {
  const shown = rows.slice(0, Math.min(limit, LIMIT.pageEvents));
  const last = shown.at(-1);
  const more = rows.length > shown.length && last !== undefined;
  return { rows: shown, cursor: more ? String(idOf(last)) : "" };
}

/** The same by an inner id that isn't shown. */
export function pageById<Row extends { id: number }>(
  rows: readonly Row[],
  limit: number,
): Page<Omit<Row, "id">> {
  const shown: Omit<Row, "id">[] = [];
  let last = 0;
  for (const { id, ...row } of rows.slice(0, limit)) {
    last = id;
    shown.push(row);
  }
  return { rows: shown, cursor: rows.length > limit ? String(last) : "" };
}

/** Text as a pattern of LIKE that it occurs anywhere in. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
