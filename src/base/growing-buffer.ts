/** Bytes written one after another into a buffer that grows and is reused. */

const FIRST_BYTES = 16 * 1024;

export class GrowingBuffer {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  u8(value: number): void {
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.length = this.bytes.writeUInt16LE(value, this.length);
  }

  u32(value: number): void {
    this.length = this.bytes.writeUInt32LE(value, this.length);
  }

  f64(value: number): void {
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  /** UTF-8 after its length in two bytes; the room must have been reserved at 3 bytes a unit. */
  text(value: string): void {
    const written = this.bytes.write(value, this.length + 2, "utf8");
    this.bytes.writeUInt16LE(written, this.length);
    this.length += 2 + written;
  }

  /** Bytes after their length in four bytes. */
  block(source: Uint8Array, start: number, end: number): void {
    this.u32(end - start);
    // Without a view made first, which costs more than the copy.
    Buffer.prototype.copy.call(source, this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** A view of what was written; valid until the next `reset`. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
