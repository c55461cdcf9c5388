// What `up` tells: `.linnet/env` for programs, and lines to paste for people.
export interface Addresses {
  readonly url: string;
  readonly appKey: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** The text of `.linnet/env`; read it with `set -a; . .linnet/env`. */
export function envFile(addresses: Addresses): string {
  return [
    `LINNET_URL=${quoted(addresses.url)}`,
    `LINNET_APP_KEY=${quoted(addresses.appKey)}`,
    `DATABASE_URL=${quoted(addresses.databaseUrl)}`,
    `REDIS_URL=${quoted(addresses.redisUrl)}`,
    "",
  ].join("\n");
}

export function welcome(addresses: Addresses): string {
  return `
Linnet is up. These are in .linnet/env as well:

${envFile(addresses)}
Log a user in (the answer holds the token for ${addresses.url.replace("http", "ws")}/ws):

  curl -s ${addresses.url}/openapi/v1/user/login -H 'X-App-Key: ${addresses.appKey}' \\
    -H 'Content-Type: application/json' -d '{"id":"alice","nickname":"Alice"}'

Chat, in two other terminals:

  bun run chat --as alice --to bob
  bun run chat --as bob --to alice

without bun on the PATH: npx -y bun@1.4.5 run chat --as alice --to bob

Ctrl-C stops everything; the data stay. Logs are in .linnet.
`;
}

// Plain values stay bare, so that programs that know no shell's quoting can read the file.
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
