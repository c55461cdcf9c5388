/** docs/schema.md, made from src/postgres/schema/. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { is, SQL } from "drizzle-orm";
import { getTableConfig, type PgColumn, type Index, PgDialect, PgTable } from "drizzle-orm/pg-core";
import * as administration from "../src/postgres/schema/administration.ts";
import * as broadcasts from "../src/postgres/schema/broadcasts.ts";
import * as conversations from "../src/postgres/schema/conversations.ts";
import * as groups from "../src/postgres/schema/groups.ts";
import * as operations from "../src/postgres/schema/message-operations.ts";
import * as messages from "../src/postgres/schema/messages.ts";
import * as notify from "../src/postgres/schema/notify.ts";
import * as presence from "../src/postgres/schema/presence.ts";
import * as search from "../src/postgres/schema/search.ts";
import * as server from "../src/postgres/schema/server.ts";
import * as users from "../src/postgres/schema/users.ts";

const TABLES = {
  ...users,
  ...conversations,
  ...groups,
  ...messages,
  ...broadcasts,
  ...operations,
  ...presence,
  ...search,
  ...server,
  ...notify,
  ...administration,
};

interface Purpose {
  readonly what: string;
  /** Who writes it, by file. */
  readonly writers: string;
}

/** What the schema's code doesn't say. Every table has an entry, and no other has one. */
const PURPOSES: Readonly<Record<string, Purpose>> = {
  users: {
    what: "Users: the host application's own id of each, and the small integer that stands for it inside.",
    writers:
      "HTTP login and register (`src/http/login.ts`); the writer: mutes (`src/commands/apply-user.ts`), versions (`src/commands/relation-rows.ts`).",
  },
  revocations: {
    what: "Who was kicked: tokens issued until then are refused. A row lives 31 days, a token 30.",
    writers: "HTTP kick and ban (`src/store/revoke-tokens.ts`).",
  },
  read_timeouts: {
    what: "Messages with `control.readTimeout` that nobody has read yet; then their expiry begins.",
    writers: "The writer, alongside the message and behind it (`src/store/read-timeouts.ts`).",
  },
  admin_log: {
    what: "What administrators did over HTTP: who, which call, about what, and its outcome.",
    writers: "Every call of administration (`src/http/admin/calls.ts`).",
  },
  sensitive_words: {
    what: "Words that messages may not say, or that are replaced. The setting `words` counts its changes.",
    writers: "Administration (`src/http/admin/words.ts`).",
  },
  relations: {
    what: "What one user is to another, seen from `user_id`. Friends are two rows. Rows stay when a relation ends, so that devices are told.",
    writers: "The writer, from records in the stream (`src/commands/relation-rows.ts`).",
  },
  friend_requests: {
    what: "Friend requests, open and decided. Those of yesterday and before that are decided or expired go with the sender's next one.",
    writers: "The writer (`src/commands/apply-friend-request.ts`).",
  },
  user_settings: {
    what: "Settings that a user's devices share, by key.",
    writers: "The writer (`src/commands/apply-user.ts`).",
  },
  conversations: {
    what: "Conversations of all types. No counter stands here: numbers are the newest rows of the logs.",
    writers:
      "The writer: pairs at their first message (`src/path/prepare.ts`), groups (`src/commands/apply-group.ts`, `apply-group-update.ts`); friendship sets a pair's type (`src/commands/apply-relation.ts`).",
  },
  members: {
    what: "Who is in a conversation, from where on it is his, how far he has read, and how he has set it.",
    writers:
      "The writer: membership (`src/commands/apply-group-members.ts`, `src/path/prepare.ts`), roles and mutes (`src/commands/apply-group-update.ts`, `apply-group-mute.ts`), settings (`src/commands/apply-conversation.ts`), read cursors (`src/store/batch.ts`).",
  },
  member_removals: {
    what: "Who has left a group, so that lists of members sync by version. The newest 10,000 versions of each group are kept.",
    writers: "The writer (`src/commands/apply-group-members.ts`).",
  },
  group_requests: {
    what: "Who asks to be let into a group. A row goes when it is answered.",
    writers: "The writer (`src/commands/apply-group-requests.ts`).",
  },
  messages: {
    what: "Messages, each once, whatever the number of its recipients. In a wide conversation this is a part of the conversation's own log.",
    writers:
      "The writer (`src/store/batch.ts`); clean-up removes or empties what has expired (`src/store/expiry.ts`).",
  },
  events: {
    what: "What changes a user's view and is no message: reads, membership, relations, turning wide.",
    writers: "The writer (`src/store/batch.ts`).",
  },
  broadcasts: {
    what: "What the host application says to many users, and how far that has come.",
    writers:
      "HTTP (`src/http/broadcast.ts`); the process that carries it out (`src/path/broadcasts.ts`).",
  },
  inbox: {
    what: "Each user's own log: one row per pts, which names a message or an event.",
    writers: "The writer (`src/store/batch.ts`), in the statement that stores the message.",
  },
  mentions: {
    what: "Members whom a message names, in narrow and wide conversations alike; a mention of all has no row. What the list counts as unread mentions.",
    writers:
      "The writer, in the transaction of the message (`src/store/mentions.ts`); clean-up (`src/store/expiry.ts`).",
  },
  message_edits: {
    what: "What edited messages said before, a row for each version that was replaced.",
    writers: "The writer (`src/commands/apply-edit.ts`).",
  },
  reactions: {
    what: "Who gave which reaction to a message.",
    writers: "The writer (`src/commands/apply-reaction.ts`).",
  },
  reaction_counts: {
    what: "How many gave each reaction: what history shows without counting.",
    writers: "The writer (`src/commands/apply-reaction.ts`).",
  },
  hidden_messages: {
    what: "Messages that a user deleted for himself.",
    writers: "The writer (`src/commands/apply-recall.ts`).",
  },
  pins: {
    what: "Messages that stand at the top of their conversation.",
    writers: "The writer (`src/commands/apply-pin.ts`).",
  },
  scheduled_messages: {
    what: "Messages that wait for their time. They have no number and no place in any log yet.",
    writers:
      "The writer (`src/commands/apply-scheduled.ts`); its sweep sends them (`src/store/scheduled.ts`).",
  },
  device_receipts: {
    what: "Up to where each device has its user's log. Written at most once a second for a device.",
    writers: "Gateways (`src/inbox/receipts.ts`): a number that only grows needs no order.",
  },
  deliveries: {
    what: "Up to where the other of a conversation of two has it on a device.",
    writers: "Gateways (`src/inbox/receipts.ts`), with the receipts.",
  },
  search: {
    what: "The words of messages, filled behind the writer; what was edited or emptied follows.",
    writers: "The writer's process (`src/store/search-words.ts`).",
  },
  progress: {
    what: "How far what runs in the background has come.",
    writers: "The writer's process (`src/store/search-words.ts`).",
  },
  last_seen: {
    what: "When users left last, by Redis' clock. No row: not yet.",
    writers:
      "The gateway that tells others of it, for many users at a time (`src/store/last-seen.ts`).",
  },
  applied: {
    what: "Traces of applied changes, so that one that comes again is answered alike. Kept a day.",
    writers: "The writer (`src/path/apply-change.ts`); clean-up (`src/store/expiry.ts`).",
  },
  poison: {
    what: "Records of the stream that Postgres refuses, kept for the operator. They got no number.",
    writers: "The writer (`src/store/poison.ts`).",
  },
  outbox: {
    what: "Events that the host application is still to be told of, and those given up (kept 7 days). Names rows of the logs.",
    writers:
      "The writer, in the transaction of the message or change (`src/notify/outbox-rows.ts`); the worker with the duty removes what was taken (`src/notify/outbox.ts`).",
  },
  callbacks: {
    what: "Messages with `control.callback`, so that later events of theirs find their URL. Kept 7 days.",
    writers: "The writer, in the transaction of the message (`src/notify/callbacks.ts`).",
  },
  duties: {
    what: "Which worker process delivers the outbox, and which pushes: leases by Postgres' clock.",
    writers: "The workers (`src/notify/duty.ts`).",
  },
  push_tokens: {
    what: "Devices that are reached by a provider while their users are away; at most 20 of a user.",
    writers:
      "Users' commands and HTTP (`src/store/push-tokens.ts`); the pusher drops invalid ones.",
  },
  push_due: {
    what: "Messages that are pushed unless a device acknowledges them within 5 s; of users with tokens only.",
    writers:
      "The writer, in the transaction of the message (`src/notify/push-due.ts`); the worker with the duty removes what is done (`src/notify/pusher.ts`).",
  },
  settings: {
    what: "Made once with the database: `epoch`, `tokenKey` (signs tokens where `LINNET_TOKEN_KEYS` is empty), `dedupeSeed`.",
    writers: "The migrations.",
  },
};

const INTRODUCTION = `# The schema

<!-- Made by \`bun run docs\` from src/postgres/schema/; don't edit. -->

The tables in Postgres. Migrations (\`src/postgres/migrations\`) make them at the start of any process.
Every write of the writer carries \`linnet_fence(name)\`, a function that raises \`LN001\` when the
session is not the writer's (see [design.md](design.md)). Times are \`timestamp with time zone\`; ids of
messages and events are Snowflakes, ids of users and conversations small integers. There are no
foreign keys: only the writer inserts, in the order of the stream.
`;

/** Throws when a table has no purpose or a purpose has no table. */
export function schemaPage(): string {
  const comments = columnComments();
  const tables = new Map<string, PgTable>();
  for (const value of Object.values(TABLES)) {
    if (is(value, PgTable)) tables.set(getTableConfig(value).name, value);
  }
  for (const name of tables.keys()) {
    if (PURPOSES[name] === undefined) throw new Error(`docs/schema-page.ts: what is ${name} for?`);
  }
  const parts = Object.entries(PURPOSES).map(([name, purpose]) => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`docs/schema-page.ts: there is no table ${name}`);
    return tablePart(table, purpose, comments);
  });
  return [INTRODUCTION, ...parts].join("\n");
}

function tablePart(
  table: PgTable,
  { what, writers }: Purpose,
  comments: ReadonlyMap<string, string>,
): string {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table);
  const rows = columns.map((column) => {
    const comment = comments.get(`${name}.${column.name}`) ?? "";
    const nullable = column.notNull ? "no" : "yes";
    const cells = [`\`${column.name}\``, typeOf(column), nullable, defaultOf(column), comment];
    return `| ${cells.join(" | ")} |`;
  });
  const keys = [
    ...columns.filter((column) => column.primary).map((column) => `primary key (${column.name})`),
    ...primaryKeys.map((key) => `primary key (${key.columns.map((c) => c.name).join(", ")})`),
    ...columns.filter((column) => column.isUnique).map((column) => `unique (${column.name})`),
    ...indexes.map(indexText),
  ];
  return `## ${name}

${what}

Written by: ${writers}

| column | type | null | default | what |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

Indexes:

${keys.map((key) => `- ${key}`).join("\n")}
`;
}

function typeOf(column: PgColumn): string {
  return column.getSQLType();
}

function defaultOf(column: PgColumn): string {
  if (column.generatedIdentity !== undefined) return "identity";
  const value: unknown = column.default;
  if (value === undefined) return "";
  return is(value, SQL) ? `\`${sqlText(value)}\`` : `\`${JSON.stringify(value)}\``;
}

function indexText({ config }: Index): string {
  const columns = config.columns.map((column) => ("name" in column ? column.name : "?"));
  const unique = config.unique ? "unique " : "";
  const where = config.where === undefined ? "" : ` where ${sqlText(config.where)}`;
  return `\`${config.name}\`: ${unique}(${columns.join(", ")})${where}`;
}

function sqlText(value: SQL): string {
  return new PgDialect().sqlToQuery(value).sql;
}

/** The comments on columns in the schema's code, by `table.column`. */
function columnComments(): Map<string, string> {
  const folder = join(import.meta.dir, "..", "src", "postgres", "schema");
  const comments = new Map<string, string>();
  const code = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  for (const part of code.flatMap((text) => text.split("pgTable(").slice(1))) {
    const table = /"(\w+)"/.exec(part)?.[1] ?? "";
    const pattern = /\/\*\*([^]*?)\*\/\s*\w+:\s*\w+\("(\w+)"/g;
    for (const [, comment = "", column = ""] of part.matchAll(pattern)) {
      comments.set(`${table}.${column}`, comment.replace(/\s*\*?\s+/g, " ").trim());
    }
  }
  return comments;
}
