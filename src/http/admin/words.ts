/** Administration of the sensitive words: listed, added, removed; every gateway follows. */
import { z } from "@hono/zod-openapi";
import { folded } from "../../filter/folded-text.ts";
import type { Sql } from "../../postgres/client.ts";
import { CODE } from "../../wire/errors.ts";
import { Done, type Outcome, Refusal } from "../answer.ts";
import { limitField, textField } from "../fields.ts";
import type { AdminCalls } from "./calls.ts";

const ACTIONS = ["replace", "refuse"] as const;
/** Of one call, and of a word in characters of its folded form. */
const WORDS_MAX = 1000;
const WORD_LENGTH_MAX = 100;

const LIST = z.object({
  after: textField("The last word of the page before").optional(),
  limit: limitField(),
});

const wordsField = z
  .array(textField("A word or several"))
  .min(1)
  .max(WORDS_MAX, `more than ${WORDS_MAX} words`);

const ADD = z.object({
  words: wordsField,
  action: z
    .enum(ACTIONS)
    .optional()
    .openapi({ description: "replace by `*`, or refuse the message (3006)", default: "replace" }),
});

const REMOVE = z.object({ words: wordsField });

export function addAdminWords(calls: AdminCalls, { sql }: { sql: Sql }): void {
  calls.add({
    method: "get",
    path: "word",
    summary: "The sensitive words, in pages",
    input: LIST,
    target: [],
    data: z.object({
      words: z.array(z.object({ word: z.string(), action: z.enum(ACTIONS) })),
      after: z.string().openapi({ description: "Empty: there are no more" }),
    }),
    handle: (input) => list(sql, input),
  });
  calls.add({
    method: "post",
    path: "word",
    summary: "Add sensitive words, or change what becomes of them",
    input: ADD,
    example: { words: ["snake oil"], action: "refuse" },
    target: ["words", "action"],
    data: z.object({ changed: z.int() }),
    handle: (input) => add(sql, input),
  });
  calls.add({
    method: "delete",
    path: "word",
    summary: "Remove sensitive words",
    input: REMOVE,
    example: { words: ["snake oil"] },
    target: ["words"],
    data: z.object({ changed: z.int() }),
    handle: (input) => remove(sql, input),
  });
}

async function list(sql: Sql, { after = "", limit }: z.infer<typeof LIST>): Promise<Outcome> {
  const rows = await sql<{ folded: string; word: string; action: string }[]>`
    SELECT folded, word, action FROM sensitive_words
    WHERE folded COLLATE "C" > ${folded(after)} ORDER BY folded COLLATE "C" LIMIT ${limit + 1}`;
  const shown = rows.slice(0, limit).map(({ word, action }) => ({ word, action }));
  const more = rows.length > limit;
  return new Done({ words: shown, after: more ? (shown.at(-1)?.word ?? "") : "" });
}

async function add(sql: Sql, input: z.infer<typeof ADD>): Promise<Outcome> {
  const { action = "replace" } = input;
  const byFolded = new Map(input.words.map((word) => [folded(word), word]));
  for (const [form, word] of byFolded) {
    if (form.trim() === "") return new Refusal(CODE.malformed, "body.words: an empty word");
    if (form.length > WORD_LENGTH_MAX) {
      const problem = `body.words: ${word.slice(0, 20)}… is longer than ${WORD_LENGTH_MAX}`;
      return new Refusal(CODE.tooLarge, problem);
    }
  }
  const forms = sql.array([...byFolded.keys()], TEXT);
  const words = sql.array([...byFolded.values()], TEXT);
  const rows = await sql<{ changed: number }[]>`
    WITH put AS (
      INSERT INTO sensitive_words AS s (folded, word, action)
      SELECT f, w, ${action} FROM unnest(${forms}::text[], ${words}::text[]) AS q(f, w)
      ON CONFLICT (folded) DO UPDATE SET word = excluded.word, action = excluded.action
        WHERE s.action <> excluded.action OR s.word <> excluded.word
      RETURNING folded
    ), ${counted(sql, "put")}
    SELECT count(*)::int AS changed FROM put`;
  const changed = rows[0]?.changed ?? 0;
  return new Done({ changed });
}

async function remove(sql: Sql, input: z.infer<typeof REMOVE>): Promise<Outcome> {
  const forms = sql.array(input.words.map(folded), TEXT);
  const rows = await sql<{ changed: number }[]>`
    WITH gone AS (
      DELETE FROM sensitive_words WHERE folded = ANY(${forms}::text[]) RETURNING folded
    ), ${counted(sql, "gone")}
    SELECT count(*)::int AS changed FROM gone`;
  const changed = rows[0]?.changed ?? 0;
  return new Done({ changed });
}

/** Postgres' own number of the type text. */
const TEXT = 25;

/** Gateways compare the number with what they have loaded; part of the change's statement. */
function counted(sql: Sql, changed: "put" | "gone") {
  return sql`counted AS (
    INSERT INTO settings AS s (name, value)
    SELECT 'words', '1' WHERE EXISTS (SELECT FROM ${sql(changed)})
    ON CONFLICT (name) DO UPDATE SET value = (s.value::int8 + 1)::text)`;
}
