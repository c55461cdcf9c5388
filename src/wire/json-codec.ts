/** The JSON framing: text frames, 64-bit ids as decimal strings. */
import { answerText, hasNumbers, idText, withList } from "./answer.ts";
import { CMD } from "./commands.ts";
import { contentOf, onlyTextStart, optionsOf } from "./content-bytes.ts";
import { DIRECTION } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Codec, PushFields, SendAnswer } from "./frame.ts";
import { clearInbound } from "./inbound.ts";
import { nestsDeeper } from "./json-depth.ts";
import { LIMIT } from "./limits.ts";
import { startReading } from "./plain-fields.ts";
import { readEnvelope } from "./plain-read.ts";
import { readPlainRequest, readPlainStart } from "./plain-request.ts";
import { writeContent, writeEnvelope, writeShape } from "./plain-write.ts";
import { OPTIONS } from "./shapes.ts";
import { utf8Decode } from "./utf8.ts";

export function createJsonCodec(): Codec {
  let start = "";

  return {
    framing: "json",
    read(frame, into) {
      clearInbound(into);
      const value = parse(frame);
      if (value !== undefined) return readPlainRequest(value, "json", into);
      into.problem = whatIsWrong(frame);
      return CODE.malformed;
    },
    readStart(frame, into) {
      clearInbound(into);
      const value = parse(frame);
      if (value !== undefined) return readPlainStart(value, "json", into);
      into.problem = whatIsWrong(frame);
      return CODE.malformed;
    },
    decode(frame) {
      const value = parse(frame);
      if (value === undefined) return whatIsWrong(frame);
      const reading = startReading("json", CMD.error);
      return readEnvelope(value, reading) ?? reading.problem;
    },
    encode(envelope) {
      return JSON.stringify(writeEnvelope(envelope, "json"));
    },
    encodePage(envelope, { name, entries }) {
      const texts: string[] = [];
      for (const entry of entries) {
        if ("push" in entry) texts.push(stamped(pushStart(entry.push), entry.pts, entry.mentioned));
        else texts.push(JSON.stringify(writeEnvelope(entry, "json")));
      }
      // Quotes within texts are escaped, so this is the only place that looks like it.
      const empty = `"${name}":[]`;
      const frame = JSON.stringify(writeEnvelope(withList(envelope, name), "json"));
      const at = frame.indexOf(empty) + empty.length - 1;
      return `${frame.slice(0, at)}${texts.join(",")}${frame.slice(at)}`;
    },
    beginPush(fields) {
      start = pushStart(fields);
    },
    stampPush(pts, mentioned) {
      return stamped(start, pts, mentioned);
    },
    encodeAnswer: answerJson,
  };
}

function stamped(start: string, pts: number, mentioned: boolean): string {
  const tail = pts < 0 ? "}}" : `,"pts":${pts}}}`;
  return mentioned ? `${start},"mentioned":true${tail}` : start + tail;
}

function parse(frame: string | Uint8Array): unknown {
  if (typeof frame !== "string" || nestsDeeper(frame, LIMIT.depth)) return undefined;
  try {
    return JSON.parse(frame) as unknown;
  } catch {
    return undefined;
  }
}

function whatIsWrong(frame: string | Uint8Array): string {
  if (typeof frame !== "string") return "a binary frame on a JSON connection";
  return nestsDeeper(frame, LIMIT.depth) ? `nested deeper than ${LIMIT.depth}` : "not JSON";
}

/** Everything up to the parts of messageExtra that differ by recipient. */
function pushStart(fields: PushFields): string {
  let text = `{"direction":3,"cmd":${fields.cmd}`;
  if (fields.localId !== "") text += `,"header":{"localId":${JSON.stringify(fields.localId)}}`;
  text += `,"route":{"type":${fields.type}`;
  if (fields.conversationId >= 0) text += `,"conversationId":"${fields.conversationId}"`;
  if (fields.conversationType !== 0) text += `,"conversationType":${fields.conversationType}`;
  if (fields.from !== "") text += `,"from":${JSON.stringify(fields.from)}`;
  if (fields.source !== "") text += `,"source":${JSON.stringify(fields.source)}`;
  text += "}";
  if (fields.content.end > fields.content.start) text += `,"content":${contentJson(fields)}`;
  if (fields.options.end > fields.options.start) {
    text += `,"options":${JSON.stringify(writeShape(optionsOf(fields.options), OPTIONS, "json"))}`;
  }
  return `${text},"messageExtra":{${numbersJson(fields)}`;
}

function contentJson(fields: PushFields): string {
  const start = onlyTextStart(fields.content);
  if (start >= 0) {
    const text = utf8Decode(fields.content.bytes, start, fields.content.end);
    return `{"text":${JSON.stringify(text)}}`;
  }
  const content = contentOf(fields.content, fields.cmd);
  return JSON.stringify(writeContent(content, fields.cmd, DIRECTION.push, "json"));
}

/** What the push and the answer to a send share of messageExtra, `timestamp` always among it. */
function numbersJson(fields: PushFields | SendAnswer): string {
  let text = "";
  if (fields.messageIdHigh !== 0 || fields.messageIdLow !== 0) {
    text += `"messageId":"${idText(fields.messageIdHigh, fields.messageIdLow)}",`;
  }
  if (fields.seq >= 0) text += `"conversationSeq":${fields.seq},`;
  if (fields.conversationPts >= 0) text += `"conversationPts":${fields.conversationPts},`;
  text += `"timestamp":${fields.timestamp}`;
  if ("mentionedAll" in fields && fields.mentionedAll) text += ',"mentionedAll":true';
  return fields.duplicate ? `${text},"duplicate":true` : text;
}

function answerJson(fields: SendAnswer): string {
  const localId = JSON.stringify(fields.localId);
  let text = `{"direction":2,"cmd":${fields.cmd},"header":{"localId":${localId}}`;
  if (fields.conversationId >= 0) {
    text += `,"route":{"conversationId":"${fields.conversationId}"`;
    if (fields.conversationType !== 0) text += `,"conversationType":${fields.conversationType}`;
    text += "}";
  }
  const message = JSON.stringify(answerText(fields));
  text += `,"response":{"code":${fields.code},"message":${message}}`;
  if (!hasNumbers(fields)) return `${text}}`;
  const pts = fields.pts < 0 ? "" : `,"pts":${fields.pts}`;
  return `${text},"messageExtra":{${numbersJson(fields)}${pts}}}`;
}
