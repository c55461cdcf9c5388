/** What happened, as a hash to compare runs by; the lines themselves are kept only when asked. */

export class Trace {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;
  readonly lines: string[] | undefined;

  constructor(keepLines: boolean) {
    this.lines = keepLines ? [] : undefined;
  }

  /** A task of the scheduler. */
  step(time: number, owner: string, name: string): void {
    this.#mix(Math.floor(time * 1000));
    this.#mix(owner.length * 31 + (owner.charCodeAt(owner.length - 1) | 0));
    this.#mix(name.length * 31 + (name.charCodeAt(0) | 0));
  }

  /** Something worth reading when a schedule is looked at. */
  note(time: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
    this.lines?.push(`${time.toFixed(3).padStart(10)} ${text}`);
  }

  get isKept(): boolean {
    return this.lines !== undefined;
  }

  hash(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.#high) + hex(this.#low);
  }

  #mix(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0xcc9e2d51);
    this.#low ^= this.#low >>> 15;
    this.#high = (Math.imul(this.#high ^ this.#low, 0x1b873593) + word) | 0;
  }
}
