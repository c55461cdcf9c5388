/**
 * Reads what `GrowingBuffer` wrote; throws RangeError past the end, which callers treat as
 * malformed.
 */

export class ByteReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  u8(): number {
    const value = this.bytes.readUInt8(this.at);
    this.at += 1;
    return value;
  }

  u16(): number {
    const value = this.bytes.readUInt16LE(this.at);
    this.at += 2;
    return value;
  }

  u32(): number {
    const value = this.bytes.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  f64(): number {
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  text(): string {
    const length = this.u16();
    const end = this.#end(length);
    const value = length === 0 ? "" : this.bytes.toString("utf8", this.at, end);
    this.at = end;
    return value;
  }

  /** Where a block lies: neither a copy nor a view. */
  slice(): { bytes: Buffer; start: number; end: number } {
    const length = this.u32();
    const start = this.at;
    const end = this.#end(length);
    this.at = end;
    return { bytes: this.bytes, start, end };
  }

  /** A view, not a copy. */
  block(): Buffer {
    const length = this.u32();
    if (length === 0) return NOTHING;
    const end = this.#end(length);
    const value = this.bytes.subarray(this.at, end);
    this.at = end;
    return value;
  }

  #end(length: number): number {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError("block past the end");
    return end;
  }
}

const NOTHING = Buffer.alloc(0);
