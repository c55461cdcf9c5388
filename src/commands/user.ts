/** USER_MUTE (51) and USER_SETTING (55) over a connection. */
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import { userSettings } from "../inbox/user-settings.ts";
import { CODE } from "../wire/errors.ts";
import { type AskParts, ask } from "./asking.ts";

/** Administrators mute over HTTP: a connection is always a user's. */
export function userMuteCommand(): Command {
  return async () => refusedWith(CODE.forbidden, "only an administrator mutes users");
}

/** Sets what `settings` names, and answers all settings of the user. */
export function userSettingCommand(parts: AskParts): Command {
  return async (context) => {
    const data = context.envelope.content?.data ?? {};
    const settings = Array.isArray(data["settings"]) ? data["settings"] : [];
    if (settings.length > 0) {
      const { code, message } = await ask(parts, context, { data: { settings } });
      if (code !== CODE.ok) return { code, message, data: undefined };
    }
    return answered(CODE.ok, { settings: await userSettings(parts.sql, context.sender.userId) });
  };
}
