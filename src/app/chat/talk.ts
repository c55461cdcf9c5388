/** One conversation in the terminal: what was missed, what comes in, what became of one's own. */
import type { Client } from "../../sdk/client.ts";
import type { LogEvent } from "../../sdk/logs.ts";
import type { SendOptions } from "../../sdk/send.ts";
import { CMD, CONVERSATION } from "../../wire/commands.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { Screen } from "./screen.ts";
import { type Here, runSlash } from "./slash.ts";

export interface TalkOptions {
  client: Client;
  screen: Screen;
  /** The user's own id. */
  user: string;
  /** The other user of a one-to-one conversation, or a group. */
  peer: string | undefined;
  group: number | undefined;
  firstRun: boolean;
  /** For what is asked for over HTTP. */
  server: Here["server"];
  token: string;
}

const HISTORY = 20;

export class Talk {
  #options: TalkOptions;
  /** Unknown until the first message of a one-to-one conversation. */
  #conversationId: number | undefined;
  #caughtUp = false;
  #missed = 0;
  #unread = -1;
  /** The newest seq that was printed of this conversation. */
  #newest = -1;
  #marking = false;
  #open = new Set<Promise<void>>();
  /** The local ids of this run's own lines. */
  #sent = new Set<string>();
  /** Whether a line of ours was refused. */
  refused = false;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#conversationId = options.group;
    const { client, screen } = options;
    client.on("event", (event) => this.#event(event));
    client.on("reset", () => screen.print("— too much was missed; from here on —"));
    client.on("error", (error) => screen.print(`! ${error.message}`));
    client.on("state", (state) => {
      if (state.name === "waiting") {
        const seconds = (state.retryInMs / 1000).toFixed(1);
        screen.print(`— disconnected (${state.reason}); again in ${seconds} s —`);
      } else if (state.name === "stopped" && state.code !== 1000) {
        screen.print(`— stopped: ${state.reason} —`);
      }
    });
    client.on("synced", () => {
      if (this.#caughtUp) screen.print("— connected —");
    });
  }

  /** Settles when what was missed has been printed. */
  async begin(): Promise<void> {
    const { client, screen, firstRun } = this.#options;
    const synced = new Promise<void>((resolve) => {
      const offs = [
        client.on("synced", () => done()),
        client.on("state", (state) => {
          if (state.name === "stopped") done();
        }),
      ];
      const done = () => {
        for (const off of offs) off();
        resolve();
      };
    });
    await client.connect();
    await synced;
    if (firstRun) await this.#printHistory();
    this.#caughtUp = true;
    const state = client.state.name === "online" ? "connected" : client.state.name;
    const missed = firstRun ? "" : `, ${this.#missed} missed`;
    screen.print(`— ${state} as ${client.userId}${missed} —`);
    this.#markRead();
  }

  say(text: string): void {
    if (text.trim() === "") return;
    const isSlash = text.startsWith("/") && !text.startsWith("//");
    const said = isSlash ? this.#slash(text) : this.#send(text.replace(/^\/\//, "/"));
    const done = said.finally(() => this.#open.delete(done));
    this.#open.add(done);
  }

  /** After the lines before it have their answers: it may be about one of them. */
  async #slash(line: string): Promise<void> {
    const { client, screen, server, token, peer = "", group } = this.#options;
    await Promise.all(this.#open);
    const here: Here = {
      client,
      server,
      token,
      print: (text) => screen.print(text),
      show: (envelope) => this.#print(envelope),
      conversationId: () => this.#conversationId,
      where: () => (group === undefined ? { to: peer } : { conversationId: group }),
      newest: () => this.#newest,
    };
    if (!(await runSlash(line, here))) this.refused = true;
  }

  /** Settles when every line has its answer. */
  async allAnswered(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #send(text: string): Promise<void> {
    const { client, screen, user, peer, group } = this.#options;
    const where: SendOptions = group === undefined ? {} : { conversationId: group, kind: "group" };
    if (peer !== undefined) where.to = peer;
    const sending = `${user}: ${text}  … sending`;
    screen.print(sending);
    const localId = crypto.randomUUID();
    this.#sent.add(localId);
    const result = await client.send({ ...where, text, localId });
    if (result.ok) {
      this.#conversationId ??= result.conversationId;
      this.#newest = Math.max(this.#newest, result.seq ?? -1);
      screen.replace(sending, `#${result.seq} ${user}: ${text}  ✓ stored seq ${result.seq}`);
      return;
    }
    this.refused = true;
    screen.replace(sending, `${user}: ${text}  ✗ ${result.code} ${result.message}`);
  }

  #event(event: LogEvent): void {
    const { envelope } = event;
    if (envelope.cmd === CMD.read) return this.#readByPeer(envelope);
    if (!isMessage(envelope)) return;
    // Own lines stand there already; those of another run or device don't.
    if (this.#isMine(envelope) && this.#sent.delete(envelope.header?.localId ?? "")) return;
    if (!this.#caughtUp) {
      if (this.#missed === 0) this.#options.screen.print("— while you were away —");
      this.#missed += 1;
    }
    this.#print(envelope);
  }

  #print(envelope: Envelope): void {
    const { screen } = this.#options;
    const seq = envelope.messageExtra?.conversationSeq ?? -1;
    const here = this.#isHere(envelope);
    const place = here ? "" : `[conversation ${envelope.route?.conversationId}] `;
    screen.print(`${place}#${seq} ${envelope.route?.from || "system"}: ${shown(envelope)}`);
    if (here) this.#newest = Math.max(this.#newest, seq);
    if (!here || this.#isMine(envelope)) return;
    this.#unread = Math.max(this.#unread, seq);
    if (this.#caughtUp) this.#markRead();
  }

  #isMine(envelope: Envelope): boolean {
    return envelope.route?.from === this.#options.user;
  }

  #isHere(envelope: Envelope): boolean {
    const { conversationId, from } = envelope.route ?? {};
    if (this.#conversationId === undefined && from === this.#options.peer && isPair(envelope)) {
      this.#conversationId = conversationId;
    }
    return conversationId !== undefined && conversationId === this.#conversationId;
  }

  #readByPeer(envelope: Envelope): void {
    const seq = envelope.content?.data?.["seq"];
    if (this.#isMine(envelope) || !this.#isHere(envelope) || typeof seq !== "number") return;
    this.#options.screen.print(`✓✓ ${envelope.route?.from} has read up to #${seq}`);
  }

  /** One at a time: what comes meanwhile is marked by the next. */
  #markRead(): void {
    const conversationId = this.#conversationId;
    const seq = this.#unread;
    if (conversationId === undefined || seq < 0 || this.#marking) return;
    this.#marking = true;
    this.#unread = -1;
    void this.#options.client.read(conversationId, seq).then(() => {
      this.#marking = false;
      this.#markRead();
    });
  }

  async #printHistory(): Promise<void> {
    const { client, screen } = this.#options;
    const conversationId = this.#conversationId ?? (await this.#findPair());
    if (conversationId === undefined) return;
    this.#conversationId = conversationId;
    const { ok, data } = await client.history(conversationId, { limit: HISTORY, backward: true });
    if (!ok) return;
    const seqOf = (message: Envelope) => message.messageExtra?.conversationSeq ?? 0;
    const shownOnes = data.messages.filter((message) => message.messageExtra?.hidden !== true);
    shownOnes.sort((one, other) => seqOf(one) - seqOf(other));
    if (shownOnes.length > 0) screen.print(`— the last ${shownOnes.length} —`);
    for (const message of shownOnes) this.#print(message);
  }

  /** The list doesn't name the other user of a pair, but what was said last mostly does. */
  async #findPair(): Promise<number | undefined> {
    const { client, peer } = this.#options;
    const { data } = await client.conversations({ limit: 100 });
    for (const { conversationId, conversationType, last } of data.conversations) {
      if (!PAIR_TYPES.includes(conversationType)) continue;
      if (last?.route?.from === peer) return conversationId;
      if (last !== undefined && !this.#isMine(last)) continue;
      const page = await client.history(conversationId, { limit: HISTORY, backward: true });
      if (page.data.messages.some((message) => message.route?.from === peer)) return conversationId;
    }
    return undefined;
  }
}

const PAIR_TYPES: readonly number[] = [CONVERSATION.single, CONVERSATION.stranger];

function isPair(envelope: Envelope): boolean {
  return PAIR_TYPES.includes(envelope.route?.conversationType ?? 0);
}

function isMessage(envelope: Envelope): boolean {
  return envelope.messageExtra?.conversationSeq !== undefined;
}

function shown(envelope: Envelope): string {
  return envelope.content?.text ?? `(message of type ${envelope.route?.type ?? 0})`;
}
