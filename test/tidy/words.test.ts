// One thing has one name; and another name for it is seen.
import { expect, test } from "bun:test";
import { allSources, source } from "./source.ts";
import { wordFindings } from "./word-rules.ts";

test("one thing has one name", () => {
  const isRule = (path: string) => /^test\/tidy\/word(s\.test|-rules)\.ts$/.test(path);
  const files = allSources().filter((file) => !isRule(file.path));
  expect(files.flatMap(wordFindings)).toEqual([]);
});

test.each([
  "const roomId = 1;",
  "function sendAck() {}",
  "const topics = [];",
  "type ChannelMember = number;",
  "// The inbox queue holds it.",
])("this is found: %s", (text) => {
  expect(wordFindings(source("src/store/a.ts", text))).toHaveLength(1);
});

test.each([
  "// Makes room for eight bytes.",
  "const package = unpack(back);",
  "const CHATROOM = 7;",
  "const policy = { channel: 4 };",
  "server.publish(topic, bytes);",
])("this is allowed: %s", (text) => {
  expect(wordFindings(source("src/store/a.ts", text))).toEqual([]);
});
