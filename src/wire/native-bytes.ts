/**
 * What a server's runtime can do with bytes beside the standard: a string or a copy without a view
 * made first. The SDK does without. @hot
 */

export interface NativeBytes {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  copy(this: Uint8Array, into: Uint8Array, at: number, start: number, end: number): number;
}

let provided: NativeBytes | undefined;

/** Once, at the server's start. */
export function provideNativeBytes(native: NativeBytes | undefined): void {
  provided = native;
}

export function nativeBytes(): NativeBytes | undefined {
  return provided;
}

/** Copies bytes to where there is room for them. */
export function copyBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): void {
  if (provided === undefined) into.set(bytes.subarray(start, end), at);
  else provided.copy.call(bytes, into, at, start, end);
}
