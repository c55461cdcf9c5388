// Texts in a content's bytes are rewritten, and all else is kept, byte by byte.
import { expect, test } from "bun:test";
import { contentBytes, contentOf } from "../../../src/wire/content-bytes.ts";
import { rewriteTexts } from "../../../src/wire/content-texts.ts";
import { CMD } from "../../../src/wire/commands.ts";
import { DIRECTION } from "../../../src/wire/envelope.ts";

const CONTENT = {
  text: "text bad",
  items: [
    { type: "link", start: 5, end: 8, name: "name bad", url: "https://bad.example" },
    { type: "image", url: "bad" },
  ],
  mentions: { uids: ["bad"], pushContent: "push bad" },
  quote: { msgId: "123", text: "quote bad" },
  extension: '{"bad":1}',
};
/** Field 2000, of a later release. */
const UNKNOWN = [0x82, 0x7d, 0x03, 0x62, 0x61, 0x64];
const starred = (text: string) => (text.includes("bad") ? text.replace("bad", "***") : undefined);
const slice = (bytes: Uint8Array) => ({ bytes, start: 0, end: bytes.length });

test("the texts that are read are rewritten, all else stays", () => {
  const known = contentBytes(CONTENT, CMD.singleChat, DIRECTION.push);
  const bytes = new Uint8Array([...UNKNOWN, ...known, ...UNKNOWN]);
  const written = rewriteTexts(slice(bytes), starred) as Uint8Array;
  expect([...written.subarray(0, 6)]).toEqual(UNKNOWN);
  expect([...written.subarray(-6)]).toEqual(UNKNOWN);
  const expected = structuredClone(CONTENT);
  expected.text = "text ***";
  (expected.items[0] as { name: string }).name = "name ***";
  expected.mentions.pushContent = "push ***";
  expected.quote.text = "quote ***";
  expect(contentOf(slice(written), CMD.singleChat)).toEqual(expected);
});

test("content without the text is not written anew", () => {
  const bytes = contentBytes({ text: "good" }, CMD.singleChat, DIRECTION.push);
  expect(rewriteTexts(slice(bytes), starred)).toBeUndefined();
  expect(rewriteTexts(slice(new Uint8Array(0)), starred)).toBeUndefined();
});

test("a longer text has the length of its field grow with it", () => {
  const bytes = contentBytes({ text: "bad", quote: { text: "x" } }, CMD.singleChat, DIRECTION.push);
  const long = "ü".repeat(300);
  const rewrite = (text: string) => (text === "bad" ? long : undefined);
  const written = rewriteTexts(slice(bytes), rewrite) as Uint8Array;
  expect(contentOf(slice(written), CMD.singleChat)).toEqual({ text: long, quote: { text: "x" } });
});
