/** docs/configuration.md and the README's table, made from src/app/settings.ts. */
import { type Setting, SETTINGS } from "../src/app/settings.ts";

const BEGIN = "<!-- settings: made by `bun run docs` -->";
const END = "<!-- settings end -->";

const INTRODUCTION = `# Configuration

<!-- Made by \`bun run docs\` from src/app/settings.ts; don't edit. -->

Everything is set by environment variables, read once at start. A value that isn't understood, an unknown
\`LINNET_…\` variable, and limits that contradict one another refuse the start with a sentence that names
the variable. \`--roles\` on the command line wins over \`LINNET_ROLES\`.

These relations hold among the limits: text ≤ content ≤ frame; content ≤ entry ≤ stream; slow ≤ backlog;
frame ≤ backlog; a rate ≤ its burst; members before wide ≤ rows of a statement; \`LINNET_PENDING_MAX\` and
\`LINNET_GRANT_SLOTS\` are powers of two.

Postgres itself wants \`synchronous_commit = on\`, Redis \`maxmemory-policy noeviction\`; under \`bun run up\`
both are set so. \`LINNET_URL\` is read by tools such as \`bun run chat\`, not by the server.
`;

export function configurationPage(): string {
  const rows = Object.entries(SETTINGS as Record<string, Setting>).map(([name, setting]) => {
    const range = setting.kind === "number" ? `${setting.min} … ${setting.max}` : "";
    return `| \`${name}\` | ${defaultOf(setting)} | ${setting.unit} | ${range} | ${setting.what} |`;
  });
  const head = "| variable | default | unit | range | what |\n| --- | --- | --- | --- | --- |";
  return `${INTRODUCTION}\n${head}\n${rows.join("\n")}\n`;
}

/** The README with its table made anew. Throws when the markers are not there. */
export function withSettingsTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("README.md has no place for the settings");
  return `${readme.slice(0, begin)}${BEGIN}\n\n${settingsTable()}\n\n${readme.slice(end)}`;
}

/** Most servers need none of these: docs/configuration.md has them. */
const OF_PROVIDERS =
  /^LINNET_(?:APNS|FCM|VAPID|PUSH|WEBHOOK|OUTBOX|BEFORE_SEND|FRIEND|GROUPS?|MILLION|SIGNALS?)_/;
const OF_CONTENT = /^LINNET_(?:SPAM|SIGN|SENSITIVE)(?:_|$)/;

function settingsTable(): string {
  const settings = Object.entries(SETTINGS as Record<string, Setting>);
  const rows = settings
    .filter(([name]) => !OF_PROVIDERS.test(name) && !OF_CONTENT.test(name))
    .map(
      ([name, setting]) =>
        `| \`${name}\` | ${defaultOf(setting)} | ${setting.unit} | ${setting.what} |`,
    );
  return ["| variable | default | unit | what |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function defaultOf(setting: Setting): string {
  if (setting.kind === "number") return String(setting.default);
  if (setting.required) return "required";
  return setting.default === undefined ? "" : `\`${setting.default}\``;
}
