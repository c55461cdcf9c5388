/** What an edited message is to say, judged as a message that is sent: words, score, the host. */
import type { Judgement, Judgements } from "../filter/before-send.ts";
import type { Sql } from "../postgres/client.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes, contentOf } from "../wire/content-bytes.ts";
import { DIRECTION, type Envelope } from "../wire/envelope.ts";
import { SECURITY } from "../wire/frame.ts";
import { createInbound, fillInbound, setSlice } from "../wire/inbound.ts";
import type { AskedChange } from "./change-record.ts";
import type { ContentChecks } from "./content-checks.ts";
import type { Sender } from "./ingest.ts";
import type { Problem } from "./message-change.ts";

/** An edit as it was asked, by whom and from where. */
export interface AskedEdit {
  asked: AskedChange;
  envelope: Envelope;
  sender: Sender;
  deviceId: string;
  localId: string;
}

export class EditChecks {
  readonly #sql: Sql;
  readonly #contentChecks: ContentChecks;
  readonly #judgements: Judgements | undefined;

  constructor(parts: {
    sql: Sql;
    contentChecks: ContentChecks;
    judgements: Judgements | undefined;
  }) {
    this.#sql = parts.sql;
    this.#contentChecks = parts.contentChecks;
    this.#judgements = parts.judgements;
  }

  /** The change with the content that may be said; other changes as they are. */
  async check(edit: AskedEdit): Promise<AskedChange | Problem> {
    const { asked, envelope, sender, deviceId, localId } = edit;
    const { cmd, conversationId = 0, content } = asked;
    if (cmd !== CMD.edit || content === undefined) return asked;
    const inbound = createInbound();
    fillInbound(inbound, envelope);
    setSlice(inbound.content, content, 0, content.length);
    const byServer = sender.flags !== 0;
    const judges = this.#judgements?.concerns(inbound.security, byServer) === true;
    if ((inbound.security | this.#contentChecks.always) === 0 && !judges) return asked;
    const { data = {} } = contentOf(inbound.content, cmd);
    const message = await this.#find(conversationId, String(data["messageId"]));
    // The writer refuses what isn't there.
    if (message === undefined) return asked;
    // Whether it is encrypted was said when it was sent.
    inbound.security &= ~SECURITY.encrypted;
    if (message.encrypted) inbound.security |= SECURITY.encrypted;
    const code = this.#contentChecks.check(inbound, sender);
    if (code !== 0) return { code, message: this.#contentChecks.problem };
    const { start, end, bytes } = inbound.content;
    const clean = { ...asked, content: bytes.slice(start, end) };
    if (!judges) return clean;
    const { security } = inbound;
    const judged = await this.#judgements?.judge({
      key: 0,
      cmd,
      type: message.type,
      from: sender.externalId,
      deviceId,
      localId,
      conversationId,
      conversationType: message.conversationType,
      to: "",
      target: [],
      content: inbound.content,
      security,
      byServer,
    });
    return judged === undefined ? clean : withJudgement(clean, judged);
  }

  async #find(conversationId: number, messageId: string) {
    const [row] = await this.#sql<{ type: number; encrypted: boolean; conversationType: number }[]>`
      SELECT m.type, m.flags & ${RECORD_FLAG.encrypted} <> 0 AS encrypted,
        c.type AS "conversationType"
      FROM messages m JOIN conversations c ON c.id = m.conversation_id
      WHERE m.id = ${messageId}::text::int8 AND c.id = ${conversationId}`;
    return row;
  }
}

/** What is said instead stands in the same message, whatever its `data`. */
function withJudgement(clean: AskedChange, judged: Judgement): AskedChange | Problem {
  if (judged.code !== 0) return { code: judged.code, message: judged.problem };
  if (judged.content === undefined || clean.content === undefined) return clean;
  const read = (bytes: Uint8Array) => contentOf({ bytes, start: 0, end: bytes.length }, CMD.edit);
  const { data = {} } = read(clean.content);
  const said = { ...read(judged.content), data };
  return { ...clean, content: contentBytes(said, CMD.edit, DIRECTION.push) };
}
