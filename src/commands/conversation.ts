/** CONVERSATION_CREATE, DELETE, UPDATE (31 to 33) over a connection: as one user has them. */
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import type { Data, Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { type AskParts, ask, peerOf } from "./asking.ts";
import { flagOf } from "./parameters.ts";
import { conversationRequired } from "./reading.ts";

export function conversationCreateCommand(parts: AskParts): Command {
  return async (context) => {
    const data = context.envelope.content?.data ?? {};
    const peer = await peerOf(parts, context, data);
    if ("code" in peer) return peer;
    const answer = await ask(parts, context, { peerId: peer.id, data });
    if (answer.code !== CODE.ok) return withoutData(answer);
    return answered(CODE.ok, { conversationId: answer.conversationId });
  };
}

export function conversationDeleteCommand(parts: AskParts): Command {
  return async (context) => {
    const conversationId = context.envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const clear = flagOf(context.envelope.content?.data ?? {}, "clear");
    return withoutData(await ask(parts, context, { conversationId, data: { clear } }));
  };
}

export function conversationUpdateCommand(parts: AskParts): Command {
  return async (context) => {
    const conversationId = context.envelope.route?.conversationId;
    if (conversationId === undefined) return conversationRequired();
    const data = settingsOf(context.envelope);
    if (Object.keys(data).length === 0) {
      return refusedWith(CODE.incomplete, "content.data: top or mute is required");
    }
    return withoutData(await ask(parts, context, { conversationId, data }));
  };
}

/** In `content.data`, or where imai's clients have them, in `options.conversation`. */
function settingsOf({ content, options }: Envelope): Data {
  const asked: Data = { ...options?.conversation, ...content?.data };
  const settings: Data = {};
  for (const name of ["top", "mute"]) {
    if (typeof asked[name] === "boolean") settings[name] = asked[name];
  }
  return settings;
}

function withoutData({ code, message }: CommandAnswer): CommandAnswer {
  return { code, message, data: undefined };
}
