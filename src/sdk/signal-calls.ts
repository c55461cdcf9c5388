/** Who is online, typing, and the signalling of calls: all of it now or never. */
import { CMD } from "../wire/commands.ts";
import type { Control, Data } from "../wire/envelope.ts";
import type { Request } from "./requests.ts";
import { textOf } from "./data.ts";

/** A conversation, or a user. */
export interface Where {
  conversationId?: number | string;
  to?: string;
}

export interface OnlineUser {
  userId: string;
  /** None of somebody who is offline. */
  devices?: string[];
  /** Those of the devices that are in the background. */
  background?: string[];
  /** Ms; of somebody who is online the time of the answer. */
  lastSeen?: number;
}

export interface OnlineOptions {
  /** In place of those who were watched before: at most 500. */
  watch?: string[];
  unwatch?: boolean;
  cursor?: string;
  /** Those who are offline too. */
  offline?: boolean;
}

export interface CallOptions {
  callId: string;
  sdp?: string;
  candidates?: string[];
  mediaType?: string;
  status?: number;
  duration?: number;
  reason?: string;
  /** Of an invitation: 1 audio, 2 video. */
  callType?: number;
  /** Of an answer: 1 accept, 2 refuse, 3 busy. */
  answerType?: number;
  /** Only these members of a group. */
  target?: string[];
  /** Seconds that an invitation stands. */
  ttl?: number;
  /** An offline push for those who are not there. */
  push?: Control["push"];
}

export function signalCalls(request: Request) {
  return {
    typing: (where: Where, on = true) =>
      request(on ? CMD.typingStatus : CMD.typingCancel, { ...where }),

    /** One page; go on with the page's `cursor` until it is "". Tells that this device is here. */
    async online(options: OnlineOptions = {}) {
      const answer = await request(CMD.userOnline, { data: { ...options } });
      const users = (answer.data["users"] ?? []) as OnlineUser[];
      return { ...answer, data: { users, cursor: textOf(answer.data, "cursor") } };
    },

    /** This device goes to the background; `online` brings it back. */
    background: () => request(CMD.userOffline),

    calls: {
      invite: signal(request, CMD.webrtcInvite),
      /** 409 when another device of the user has answered. */
      answer: signal(request, CMD.webrtcAnswer),
      candidate: signal(request, CMD.webrtcCandidate),
      status: signal(request, CMD.webrtcStatus),
      switch: signal(request, CMD.webrtcSwitch),
      quality: signal(request, CMD.webrtcQuality),
      startScreen: signal(request, CMD.screenShareStart),
      stopScreen: signal(request, CMD.screenShareStop),
      screenQuality: signal(request, CMD.screenShareQuality),
    },
  };
}

function signal(request: Request, cmd: number) {
  return (where: Where, { target, ttl, push, ...call }: CallOptions) => {
    const data: Data = { ...call };
    const control: Control = {
      ...(ttl === undefined ? {} : { ttl }),
      ...(push === undefined ? {} : { push }),
    };
    const route = target === undefined ? {} : { target };
    return request(cmd, { ...where, data, control, route });
  };
}
