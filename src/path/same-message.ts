/** Whether a request that came again is the same: by its key, and by what its client said. */
import type { Slice } from "../wire/frame.ts";
import { CMD } from "../wire/commands.ts";
import { contentOf } from "../wire/content-bytes.ts";

/** Who sent it, and under which id of his. */
interface Named {
  senderId: number;
  deviceId: string;
  localId: string;
}

/** What was sent; whom `target` names are inner ids. */
interface Said {
  cmd: number;
  type: number;
  target: readonly number[];
  content: Slice;
}

export function isSameRequest(one: Named, other: Named): boolean {
  return (
    one.senderId === other.senderId &&
    one.deviceId === other.deviceId &&
    one.localId === other.localId
  );
}

export function isSameMessage(one: Said, other: Said): boolean {
  return (
    (one.cmd === CMD.notify) === (other.cmd === CMD.notify) &&
    one.type === other.type &&
    sameIds(one.target, other.target) &&
    (bytesOf(one).equals(bytesOf(other)) || Bun.deepEquals(meaning(one), meaning(other)))
  );
}

/** With the content of a row as a slice. */
export function said<T extends { content: Buffer }>(one: T) {
  return { ...one, content: { bytes: one.content, start: 0, end: one.content.length } };
}

function bytesOf({ content: { bytes, start, end } }: Said): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}

/**
 * Two framings may write the same content in different bytes. What is handed on the sender only
 * names; what it says is the server's word, and another one when its source was edited since.
 */
function meaning({ content, cmd }: Said) {
  const { data, ...rest } = contentOf(content, cmd);
  if (data === undefined) return rest;
  const { messages: _, ...named } = data;
  return { ...rest, data: named };
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  const set = new Set(a);
  return b.every((id) => set.has(id));
}
