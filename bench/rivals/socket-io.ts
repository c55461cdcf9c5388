// socket.io on Bun, the faster of the two runtimes for it: one INSERT for each message, then the
// recipient gets it and the sender is answered. No numbers, no inbox, no idempotency, no sync.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "../machine/cores.ts";
import { startProgram } from "../machine/programs.ts";
import type { Services } from "../machine/services.ts";
import type { Rival } from "./rival.ts";

const VERSION = "4.8.4";

export const SOCKET_IO: Rival = {
  name: "socket.io",
  install: `npm install --prefix .linnet/rivals --no-save socket.io@${VERSION}`,
  work: "socket.io: one INSERT a message on a pool of 10, then emitted, then answered",
  answers: true,
  subprotocol: "",
  isInstalled: () => existsSync(join(CHECKOUT, ".linnet", "rivals", "node_modules", "socket.io")),
  start: (services: Services) =>
    startProgram({
      name: "socket-io",
      command: [process.execPath, "bench/rivals/socket-io/main.ts"],
      folder: services.folder,
      env: { BENCH_DATABASE_URL: services.limitsDatabaseUrl },
    }),
  path: (user) => `/socket.io/?EIO=4&transport=websocket&user=${user}`,
  opening: () => [{ awaits: '"sid"', says: "40" }, { awaits: "40{" }],
  frame: (to) => `42["m",${to},"{localId}","{text}"]`,
};
