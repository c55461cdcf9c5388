/** The Lua scripts, each a file under `lua/` that tells its keys and arguments. */
import { CryptoHasher } from "bun";
import acknowledgeText from "./lua/acknowledge.lua" with { type: "text" };
import appendText from "./lua/append.lua" with { type: "text" };
import callAnswerText from "./lua/call-answer.lua" with { type: "text" };
import deliverText from "./lua/deliver.lua" with { type: "text" };
import presenceDropText from "./lua/presence-drop.lua" with { type: "text" };
import presenceGoneText from "./lua/presence-gone.lua" with { type: "text" };
import presenceJoinText from "./lua/presence-join.lua" with { type: "text" };
import presenceLeaveText from "./lua/presence-leave.lua" with { type: "text" };
import registerText from "./lua/register.lua" with { type: "text" };
import renewText from "./lua/renew.lua" with { type: "text" };
import settleText from "./lua/settle.lua" with { type: "text" };
import type { RedisScript } from "./client.ts";

export const SCRIPT = {
  acknowledge: load(acknowledgeText),
  append: load(appendText),
  callAnswer: load(callAnswerText),
  deliver: load(deliverText),
  presenceDrop: load(presenceDropText),
  presenceGone: load(presenceGoneText),
  presenceJoin: load(presenceJoinText),
  presenceLeave: load(presenceLeaveText),
  register: load(registerText),
  renew: load(renewText),
  settle: load(settleText),
} as const;

function load(text: string): RedisScript {
  return { text, sha: CryptoHasher.hash("sha1", text, "hex") };
}
