// The upper part of a PNG: a browser's picture of a page has room for the browser below it.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE_BYTES = 8;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** The first `height` rows of a picture that isn't interlaced. */
export function cropPng(png: Buffer, height: number): Buffer {
  const chunks = chunksOf(png);
  const pixels = inflateSync(Buffer.concat(chunks.filter(isPixels).map(({ data }) => data)));
  const head = Buffer.from(chunks[0]?.data ?? []);
  const rowBytes = pixels.length / head.readUInt32BE(4);
  head.writeUInt32BE(height, 4);
  const rest = chunks.slice(1).filter((chunk) => !isPixels(chunk));
  const end = rest.pop() as Chunk;
  // A row is written as what differs from the one above it, so those below can go.
  const kept = { type: "IDAT", data: deflateSync(pixels.subarray(0, rowBytes * height)) };
  const all = [{ type: "IHDR", data: head }, ...rest, kept, end];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...all.map(bytesOf)]);
}

function isPixels({ type }: Chunk): boolean {
  return type === "IDAT";
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const end = at + 8 + png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

function bytesOf({ type, data }: Chunk): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(named.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  named.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(named), named.length + 4);
  return bytes;
}
