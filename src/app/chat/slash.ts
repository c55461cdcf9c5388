/** The lines that begin with a slash: what the terminal chat does beside sending text. */
import type { Client } from "../../sdk/client.ts";
import type { Where } from "../../sdk/signal-calls.ts";
import type { Envelope } from "../../wire/envelope.ts";
import type { Server } from "./accounts.ts";

/** Where the chat is, and what it prints with. */
export interface Here {
  client: Client;
  /** For what is asked for over HTTP. */
  server: Pick<Server, "url">;
  token: string;
  readonly print: (line: string) => void;
  /** One line of history. */
  readonly show: (envelope: Envelope) => void;
  /** Undefined until the first message of a one-to-one conversation. */
  readonly conversationId: () => number | undefined;
  readonly where: () => Where;
  /** The newest seq that was printed here, −1 for none. */
  readonly newest: () => number;
}

interface Slash {
  name: string;
  takes: string;
  text: string;
  run(here: Here, words: string[]): Promise<string>;
}

interface Answer {
  ok: boolean;
  code: number;
  message: string;
}

const HISTORY = 20;
const GROUP = 2;

const SLASHES: readonly Slash[] = [
  {
    name: "help",
    takes: "",
    text: "these lines; // sends a line that begins with a slash",
    async run({ print }) {
      for (const { name, takes, text } of SLASHES) {
        print(`  ${`/${name} ${takes}`.trimEnd().padEnd(28)} ${text}`);
      }
      return "";
    },
  },
  {
    name: "group",
    takes: "<name> <user> …",
    text: "makes a group; talk in it with --group",
    async run({ client }, [name = "", ...memberIds]) {
      const options = { name, memberIds, conversationType: GROUP };
      const answer = await client.groups.create(options);
      const { conversationId } = answer.data;
      return said(answer, `group ${conversationId}: bun run chat --group ${conversationId} …`);
    },
  },
  {
    name: "members",
    takes: "",
    text: "who is in this group",
    async run({ client, ...here }) {
      const answer = await client.groups.members(groupOf(here));
      const { group, members } = answer.data;
      const all = members.map(({ userId, role }) => `${userId}${ROLES[role] ?? ""}`);
      return said(answer, `${group.name}, ${group.memberCount}: ${all.join(", ")}`);
    },
  },
  {
    name: "invite",
    takes: "<user> …",
    text: "into this group",
    run: async ({ client, ...here }, users) =>
      said(await client.groups.join(groupOf(here), users), `invited ${users.join(", ")}`),
  },
  {
    name: "kick",
    takes: "<user> …",
    text: "out of this group",
    run: async ({ client, ...here }, users) =>
      said(await client.groups.leave(groupOf(here), needed(users)), `gone: ${users.join(", ")}`),
  },
  {
    name: "join",
    takes: "<group>",
    text: "joins a group by its id",
    run: async ({ client }, [id = ""]) => said(await client.groups.join(id), `in group ${id}`),
  },
  {
    name: "leave",
    takes: "",
    text: "leaves this group",
    run: async ({ client, ...here }) => said(await client.groups.leave(groupOf(here)), "left"),
  },
  {
    name: "read",
    takes: "[seq]",
    text: "marks as read up to there, or all that is shown",
    async run({ client, newest, ...here }, [seq]) {
      const upTo = seq === undefined ? newest() : Number(seq.replace("#", ""));
      if (upTo < 0) throw new Error("nothing is shown here yet; say up to which seq");
      return said(await client.read(groupOf(here), upTo), `read up to #${upTo}`);
    },
  },
  {
    name: "typing",
    takes: "",
    text: "tells the others that you type",
    run: async ({ client, where }) => said(await client.typing(where()), "told"),
  },
  {
    name: "online",
    takes: "[user] …",
    text: "friends who are online, and from now on these users",
    async run({ client }, watch) {
      const answer = await client.online(watch.length === 0 ? {} : { watch });
      const users = answer.data.users.map(({ userId, devices = [] }) => `${userId} (${devices})`);
      return said(answer, `online: ${users.join(", ") || "nobody"}`);
    },
  },
  {
    name: "friend",
    takes: "<user> [message]",
    text: "asks to be friends, or agrees where the other has asked",
    async run({ client }, [user = "", ...message]) {
      const answer = await client.friends.add(user, message.join(" "));
      return said(answer, `asked ${user}, or friends now`);
    },
  },
  {
    name: "friends",
    takes: "",
    text: "your friends, and who asks to be one",
    async run({ client }) {
      const [list, open] = [await client.friends.sync(), await client.friends.requests()];
      const friends = list.data.friends.filter(({ friend }) => friend);
      const asking = open.data.requests.filter(({ incoming }) => incoming);
      return said(list, `friends: ${names(friends)}; asking: ${names(asking)}`);
    },
  },
  {
    name: "unfriend",
    takes: "<user>",
    text: "friends no more",
    run: async ({ client }, [user = ""]) => said(await client.friends.delete(user), "done"),
  },
  {
    name: "block",
    takes: "<user>",
    text: "hears nothing from a user",
    run: async ({ client }, [user = ""]) => said(await client.friends.block(user), "blocked"),
  },
  {
    name: "unblock",
    takes: "<user>",
    text: "hears from the user again",
    run: async ({ client }, [user = ""]) =>
      said(await client.friends.block(user, false), "unblocked"),
  },
  {
    name: "history",
    takes: "[seq]",
    text: "the last messages, or those around a seq",
    async run({ client, show, ...here }, [seq]) {
      const fromSeq = seq === undefined ? {} : { fromSeq: Number(seq.replace("#", "")) };
      const around = seq === undefined ? { backward: true } : { around: true };
      const options = { ...fromSeq, ...around, limit: HISTORY };
      const answer = await client.history(groupOf(here), options);
      const messages = answer.data.messages.filter((one) => one.messageExtra?.hidden !== true);
      for (const message of seq === undefined ? messages.reverse() : messages) show(message);
      return said(answer, `${messages.length} messages`);
    },
  },
  {
    name: "search",
    takes: "<words>",
    text: "messages with these words, in all your conversations",
    async run({ server, token, show }, words) {
      const url = new URL("/openapi/v1/search", server.url);
      url.searchParams.set("text", words.join(" "));
      const response = await fetch(url, { headers: { authorization: token } });
      const { code, msg, data } = (await response.json()) as Found;
      for (const message of data?.messages ?? []) show(message);
      const answer = { ok: code === 200, code, message: msg ?? "" };
      return said(answer, `${data?.messages.length ?? 0} found`);
    },
  },
  about("recall", "", "takes a message back", ({ client }, at) =>
    client.recall(at.id, at.messageId),
  ),
  about("edit", " <text>", "says it anew", ({ client }, at, words) =>
    client.edit(at.id, at.messageId, { text: words.join(" ") }),
  ),
  about("delete", "", "for you alone", ({ client }, at) =>
    client.deleteMessages(at.id, [at.messageId]),
  ),
  about("react", " <reaction>", "reacts to a message", ({ client }, at, [reaction = ""]) =>
    client.react(at.id, at.messageId, reaction),
  ),
  about("pin", "", "pins a message", ({ client }, at) => client.pin(at.id, at.messageId)),
  {
    name: "clear",
    takes: "",
    text: "forgets this conversation's messages, for you alone",
    run: async ({ client, ...here }) =>
      said(await client.clearConversation(groupOf(here)), "cleared"),
  },
];

/** A line about one message, which is named by its seq. */
function about(
  name: string,
  takes: string,
  text: string,
  run: (here: Here, at: { id: number; messageId: string }, words: string[]) => Promise<Answer>,
): Slash {
  return {
    name,
    takes: `<seq>${takes}`,
    text,
    async run(here, [seq = "", ...words]) {
      const id = groupOf(here);
      const fromSeq = Number(seq.replace("#", ""));
      const page = await here.client.history(id, { fromSeq, limit: 1 });
      const messageId = page.data.messages[0]?.messageExtra?.messageId;
      if (messageId === undefined) throw new Error(`there is no message ${seq}`);
      return said(await run(here, { id, messageId }, words), `${name}: #${fromSeq}`);
    },
  };
}

interface Found {
  code: number;
  msg?: string;
  data?: { messages: Envelope[] };
}

const ROLES: readonly string[] = ["", " (administrator)", " (owner)"];

/** Prints what became of it; never throws. False: it was refused. */
export async function runSlash(line: string, here: Here): Promise<boolean> {
  const [name = "", ...words] = line.slice(1).trim().split(/\s+/);
  const slash = SLASHES.find((one) => one.name === name);
  try {
    if (slash === undefined) throw new Error("no such line; /help shows them all");
    const outcome = await slash.run(here, words);
    if (outcome !== "") here.print(`— ${outcome} —`);
    return true;
  } catch (error) {
    here.print(`✗ /${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function said(answer: Answer, text: string): string {
  if (!answer.ok) throw new Error(`${answer.code} ${answer.message}`);
  return text;
}

/** The conversation that the chat is in. */
function groupOf({ conversationId }: Pick<Here, "conversationId">): number {
  const id = conversationId();
  if (id === undefined) throw new Error("nothing has been said here yet");
  return id;
}

/** No name would mean the caller himself. */
function needed(users: string[]): string[] {
  if (users.length === 0) throw new Error("say whom");
  return users;
}

function names(users: readonly { userId: string }[]): string {
  return users.map(({ userId }) => userId).join(", ") || "nobody";
}
