/** The operator's list of words that messages may not say, and the texts without them. */
import type { Log } from "../base/log.ts";
import type { Sql } from "../postgres/client.ts";
import { foldText } from "./folded-text.ts";
import { WordMatcher } from "./word-matcher.ts";

export const SENSITIVE_POLICIES = ["off", "asked", "always"] as const;
export type SensitivePolicy = (typeof SENSITIVE_POLICIES)[number];

/** What becomes of a text: kept, replaced by another of the same length, or refused. */
export type CleanText = { kind: "kept" } | { kind: "replaced"; text: string } | { kind: "refused" };

const KEPT: CleanText = { kind: "kept" };
const REFUSED: CleanText = { kind: "refused" };

export class SensitiveWords {
  readonly policy: SensitivePolicy;
  readonly #sql: Sql;
  readonly #log: Log;
  #matcher: WordMatcher | undefined;
  #version = "";
  #loading = false;
  #ticks = 0;

  constructor(parts: { sql: Sql; log: Log; policy: SensitivePolicy }) {
    this.#sql = parts.sql;
    this.#log = parts.log;
    this.policy = parts.policy;
  }

  /** Whether there is anything to look for. */
  get any(): boolean {
    return this.#matcher !== undefined;
  }

  /** Whether every message is looked at. */
  get always(): boolean {
    return this.#matcher !== undefined && this.policy === "always";
  }

  /** Each UTF-16 unit of a word is one `*`, so that what points into the text still does. */
  clean(text: string): CleanText {
    const matcher = this.#matcher;
    if (matcher === undefined || text === "") return KEPT;
    const { text: folded, starts, ends } = foldText(text);
    let clean = "";
    let kept = 0;
    const spans: [number, number][] = [];
    const refused = matcher.scan(folded, (start, end) => {
      const span: [number, number] = [starts[start] as number, ends[end - 1] as number];
      // Ends rise, so a word that begins before others takes these in.
      while (spans.length > 0 && (spans.at(-1) as [number, number])[1] > span[0]) {
        const [before] = spans.pop() as [number, number];
        span[0] = Math.min(span[0], before);
      }
      spans.push(span);
    });
    if (refused) return REFUSED;
    if (spans.length === 0) return KEPT;
    for (const [start, end] of spans) {
      clean += text.slice(kept, start) + "*".repeat(end - start);
      kept = end;
    }
    return { kind: "replaced", text: clean + text.slice(kept) };
  }

  /** Before the first message. Rejects when Postgres is away. */
  async begin(): Promise<void> {
    if (this.policy !== "off") await this.#load();
  }

  /** To be called about once a second: a change of the list is seen within two. */
  tick(): void {
    this.#ticks += 1;
    if (this.policy === "off" || this.#loading || this.#ticks % TICKS_BETWEEN_LOOKS !== 0) return;
    this.#loading = true;
    this.#load()
      .catch((error: unknown) =>
        this.#log.warn({ error: String(error) }, "the sensitive words could not be read"),
      )
      .finally(() => {
        this.#loading = false;
      });
  }

  async #load(): Promise<void> {
    const [row] = await this.#sql<{ value: string }[]>`
      SELECT value FROM settings WHERE name = 'words'`;
    const version = row?.value ?? "";
    if (version === this.#version) return;
    const words = await this.#sql<{ folded: string; action: string }[]>`
      SELECT folded, action FROM sensitive_words`;
    const listed = words.map(({ folded, action }) => {
      return { word: folded, refused: action === "refuse" };
    });
    this.#matcher = listed.length === 0 ? undefined : await WordMatcher.of(listed, nextTurn);
    this.#version = version;
    this.#log.info({ words: listed.length }, "sensitive words loaded");
  }
}

const TICKS_BETWEEN_LOOKS = 2;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
