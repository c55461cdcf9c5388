/** PUSH_TOKEN (56): a device that a provider reaches while its user is away. */
import { answered, type Command, refusedWith } from "../gateway/command.ts";
import type { Sql } from "../postgres/client.ts";
import {
  type ProviderName,
  registerToken,
  removeToken,
  tokenProblem,
} from "../store/push-tokens.ts";
import { CODE } from "../wire/errors.ts";
import { flagOf, textOf } from "./parameters.ts";

export function pushTokenCommand(sql: Sql): Command {
  return async ({ sender, envelope }) => {
    const data = envelope.content?.data ?? {};
    const [provider, token] = [textOf(data, "provider"), textOf(data, "token")];
    if (flagOf(data, "remove")) {
      const removed = await removeToken(sql, sender.userId, provider, token);
      return removed ? answered(CODE.ok) : refusedWith(CODE.notFound, "no such token of yours");
    }
    const problem = tokenProblem(data);
    if (problem !== undefined) {
      const code = provider === "" || token === "" ? CODE.incomplete : CODE.malformed;
      return refusedWith(code, `content.data.${problem}`);
    }
    await registerToken(sql, sender.userId, {
      provider: provider as ProviderName,
      token,
      app: textOf(data, "app"),
      p256dh: textOf(data, "p256dh"),
      auth: textOf(data, "auth"),
    });
    return answered(CODE.ok);
  };
}
