// Words that would name a thing of ours by two names, or by another product's.
import { type Finding, type Source, at } from "./source.ts";

interface Word {
  readonly word: string;
  readonly instead: string;
  /** Where the word means something else than our thing. */
  readonly allowed: (line: string, path: string) => boolean;
}

const never = () => false;

const WORDS: readonly Word[] = [
  { word: "room", instead: "conversation", allowed: never },
  { word: "ack", instead: "answer", allowed: never },
  {
    word: "topic",
    instead: "conversation",
    // Bun's WebSockets publish to topics.
    allowed: (line, path) =>
      path.startsWith("src/gateway/") || /subscribe|publish|Topic\b/i.test(line),
  },
  {
    word: "channel",
    instead: "conversation or stream",
    // One of the eight types of conversation is called so, a field of the protocol, a part of
    // Node, and a part of every AsyncAPI document.
    allowed: (line, path) =>
      path === "src/http/async-api.ts" ||
      /\bCHANNEL\b|[tT]racingChannel|\.channel\b|\bchannel\??:|\bchannelId\b/.test(line),
  },
];

/** Looks at names in the code and at strings, not at prose: "room for eight bytes" is English. */
export function wordFindings(file: Source): Finding[] {
  const findings: Finding[] = [];
  for (const match of file.code.matchAll(/[A-Za-z]+/g)) {
    for (const part of match[0].matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)) {
      const word = part[0].toLowerCase().replace(/s$/, "");
      const rule = WORDS.find((candidate) => candidate.word === word);
      if (rule === undefined) continue;
      const line = lineAt(file.text, match.index);
      if (rule.allowed(line, file.path)) continue;
      findings.push(at(file, match.index, `says ${match[0]}; say ${rule.instead}`));
    }
  }
  for (const match of file.text.matchAll(/inbox[ _-]?queue|queue of (the |an )?inbox/gi)) {
    findings.push(at(file, match.index, "calls an inbox a queue"));
  }
  return findings;
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return text.slice(text.lastIndexOf("\n", offset) + 1, end < 0 ? undefined : end);
}
