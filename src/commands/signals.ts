/** Typing (81, 82) and call signalling (101 to 106, 111 to 113) over a connection. */
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import type { Sessions } from "../gateway/sessions.ts";
import type { Signals } from "../path/signals.ts";
import { CMD } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { utf8Length } from "../wire/utf8.ts";
import { numberOf, textOf } from "./parameters.ts";

interface Parts {
  sessions: Sessions;
  signals: Signals;
}

export function typingCommand({ sessions, signals }: Parts): Command {
  return async ({ slot, sender, envelope }) => {
    const generation = sessions.generations[slot] as number;
    // What stands beside the command, such as a text, is not for typing to carry.
    const { content: _, ...bare } = envelope;
    const { code, message } = await signals.typing({ sender, generation }, bare);
    return { ...answered(code), message };
  };
}

export function callCommand({ sessions, signals }: Parts): Command {
  return async ({ slot, sender, envelope, cmd }) => {
    const data = envelope.content?.data ?? {};
    const wrong = checkCall(cmd, data);
    if (wrong !== undefined) return wrong;
    const generation = sessions.generations[slot] as number;
    const { code, message } = await signals.call(
      { sender, generation },
      { ...envelope, content: { data } },
    );
    return { ...answered(code), message };
  };
}

/** What is wrong with the parameters, undefined when nothing is. */
function checkCall(cmd: number, data: Data): CommandAnswer | undefined {
  if (textOf(data, "callId") === "") {
    return refusedWith(CODE.incomplete, "content.data.callId is required");
  }
  for (const [name, bytesMax] of BOUNDS) {
    if (utf8Length(textOf(data, name)) <= bytesMax) continue;
    return refusedWith(CODE.tooLarge, `content.data.${name}: more than ${bytesMax} bytes`);
  }
  const candidates = Array.isArray(data["candidates"]) ? data["candidates"] : [];
  if (candidates.length > LIMIT.candidates) {
    return refusedWith(CODE.tooLarge, `content.data.candidates: more than ${LIMIT.candidates}`);
  }
  if (candidates.some((one) => utf8Length(String(one)) > LIMIT.candidateBytes)) {
    const message = `content.data.candidates: one has more than ${LIMIT.candidateBytes} bytes`;
    return refusedWith(CODE.tooLarge, message);
  }
  if (cmd === CMD.webrtcInvite) return checkKind(data, "callType", 2);
  return cmd === CMD.webrtcAnswer ? checkKind(data, "answerType", 3) : undefined;
}

/** Numbers from 1 on, with names in the protocol. */
function checkKind(data: Data, name: string, most: number): CommandAnswer | undefined {
  const kind = numberOf(data, name);
  if (kind === 0) return refusedWith(CODE.incomplete, `content.data.${name} is required`);
  if (kind <= most) return undefined;
  return refusedWith(CODE.malformed, `content.data.${name} is from 1 to ${most}`);
}

const BOUNDS: readonly (readonly [name: string, bytesMax: number])[] = [
  ["callId", LIMIT.idBytes],
  ["mediaType", LIMIT.idBytes],
  ["reason", LIMIT.reasonBytes],
  ["sdp", LIMIT.sdpBytes],
];
