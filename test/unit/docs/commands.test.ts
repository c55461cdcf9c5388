/** docs/commands.md has a row for everything, whose test exists and names what it stands for. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import { commandTable } from "../../../src/app/command-table.ts";
import { createApi } from "../../../src/http/api.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { isSendable } from "../../../src/wire/policy.ts";
import * as shapes from "../../../src/wire/shapes.ts";

const ROOT = join(import.meta.dir, "../../..");
const PARTS = {
  header: shapes.HEADER,
  route: shapes.ROUTE,
  content: shapes.CONTENT,
  control: shapes.CONTROL,
  options: shapes.OPTIONS,
  response: shapes.RESPONSE,
  messageExtra: shapes.MESSAGE_EXTRA,
};
/** Not asked of a connection: the host application's alone, and the refusal of what is no frame. */
const OTHERWISE: readonly number[] = [CMD.heartbeat, CMD.broadcast, 91, 92, CMD.error];

/** The cells of the rows under a heading, without their code marks. */
function rows(heading: string): string[][] {
  const page = readFileSync(join(ROOT, "docs/commands.md"), "utf8");
  const part = page.split(`## ${heading}\n`)[1]?.split(/^## /m)[0] ?? "";
  const lines = part.split("\n").filter((line) => /^\| [`\d]/.test(line));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

function textOf(path: string): string {
  const whole = join(ROOT, path);
  return path.startsWith("test/") && existsSync(whole) ? readFileSync(whole, "utf8") : "";
}

test("every command has a row, whose test sends it", () => {
  const table = rows("Commands");
  expect(table.map(([code]) => Number(code))).toEqual(Object.values(CMD));
  const names = Object.entries(CMD).map(([name, code]) => [String(code), name]);
  expect(table.map(([code, name]) => [code, name] as string[])).toEqual(names);
  const silent = table.filter(([code, name, sdk, path]) => !tells(code, name, sdk, path));
  expect(silent).toEqual([]);
});

/** A dash stands for what is answered 3003, and for nothing else. */
function tells(code = "", name = "", sdk = "", path = ""): boolean {
  if (path === "—") return !served().has(Number(code));
  const start = sdk.includes(".") ? "\\b" : "\\.";
  const call = sdk === "" ? "" : `|${start}${sdk.replace(".", "\\.")}\\b`;
  const named = new RegExp(`\\bCMD\\.${name}\\b|\\bcmd\\W{1,6}${code}\\b${call}`);
  return (
    named.test(textOf(path)) && (served().has(Number(code)) || OTHERWISE.includes(Number(code)))
  );
}

function served(): ReadonlySet<number> {
  const answered = Object.keys(commandTable(anything() as never)).map(Number);
  const sent = Object.values(CMD).filter((code) => isSendable(code));
  return new Set([...answered, ...sent]);
}

test("every field of the envelope has a row, whose test names it", () => {
  const table = rows("Fields");
  const fields = Object.entries(PARTS).flatMap(([name, shape]) => fieldsOf(name, shape));
  expect(table.map(([field]) => field as string)).toEqual(fields);
  const silent = table.filter(([field = "", what, path = ""]) => {
    const last = field.split(".").at(-1) as string;
    return what === "" || !new RegExp(`\\b${last}\\b`).test(textOf(path));
  });
  expect(silent).toEqual([]);
});

function fieldsOf(prefix: string, shape: shapes.Shape): string[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const path = `${prefix}.${name}`;
    return field.shape === undefined ? [path] : fieldsOf(path, field.shape);
  });
}

test("every HTTP call has a row, whose test makes it", async () => {
  const table = rows("HTTP calls");
  const calls = await httpCalls();
  expect(calls.length).toBeGreaterThan(30);
  expect(table.map(([call]) => call as string).sort()).toEqual(calls.sort());
  const silent = table.filter(([call = "", path = ""]) => {
    const name = (call.split("/openapi/v1/")[1] as string).split("/{")[0] as string;
    // A test may have the path's beginning in one place.
    const last = name.split("/").at(-1) as string;
    const short = name.replace("admin/", "");
    const made = new RegExp(`["'\`/](${name}|${short})["'\`?/$]|["'\`]/${last}["'\`]`);
    return !made.test(textOf(path));
  });
  expect(silent).toEqual([]);
});

/** From the document that the server shows. */
async function httpCalls(): Promise<string[]> {
  const parts = { ...anything(), registry: new Registry(), commands: [], limits: { bodyBytes: 1 } };
  const shown = new Request("http://localhost/openapi.json");
  const response = await createApi({ ...parts, appKey: "key", adminKey: "admin" } as never).fetch(
    shown,
    "",
  );
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** In place of the parts that calls and commands use when they run, which none does here. */
function anything(): Record<string, unknown> {
  return new Proxy({}, { get: () => anything });
}
