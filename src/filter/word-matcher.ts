/**
 * Finds any of many words in a text in one pass, whatever their number (Aho and Corasick 1975):
 * a tree of all words, in which each node knows the longest other beginning of a word that its
 * own end could be. Steps of the tree stand in one open hash table: 100,000 words take some MB.
 */

/** Words are given folded, and so is the text. */
export interface MatchedWord {
  word: string;
  /** Whether a text with it is refused. */
  refused: boolean;
}

/** Called amid the building, so that a gateway goes on meanwhile. */
export type Pause = () => Promise<void>;

const WORDS_BETWEEN_PAUSES = 2000;
const NODES_BETWEEN_PAUSES = 20_000;
const HASH_LOAD_MAX = 0.5;

export class WordMatcher {
  /** node × 2^16 + unit, −1 for an empty place. */
  #keys = new Float64Array(1024).fill(-1);
  #nodes = new Int32Array(1024);
  #count = 1;
  #parents = new Int32Array(1024);
  #units = new Uint16Array(1024);
  #depths = new Uint16Array(1024);
  #failures = new Int32Array(1024);
  /** Length of the longest word that ends at a node, 0 for none. */
  #longest = new Uint16Array(1024);
  #refused = new Uint8Array(1024);

  static async of(words: Iterable<MatchedWord>, pause: Pause): Promise<WordMatcher> {
    const matcher = new WordMatcher();
    let added = 0;
    for (const word of words) {
      matcher.#add(word);
      added += 1;
      if (added % WORDS_BETWEEN_PAUSES === 0) await pause();
    }
    await matcher.#link(pause);
    return matcher;
  }

  /**
   * Calls `found` for the longest word at each place where one ends, with the bounds in units.
   * True when a word that is refused is in the text; then the rest is not looked at.
   */
  scan(text: string, found: (start: number, end: number) => void): boolean {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      node = this.#step(node, text.charCodeAt(at));
      if (node === 0) continue;
      if (this.#refused[node] === 1) return true;
      const length = this.#longest[node] as number;
      if (length > 0) found(at + 1 - length, at + 1);
    }
    return false;
  }

  #step(from: number, unit: number): number {
    for (let node = from; ; node = this.#failures[node] as number) {
      const next = this.#child(node, unit);
      if (next > 0) return next;
      if (node === 0) return 0;
    }
  }

  /** 0 for none: no node leads back to the root. */
  #child(node: number, unit: number): number {
    const key = node * 0x1_0000 + unit;
    const mask = this.#keys.length - 1;
    for (let place = hashOf(node, unit) & mask; ; place = (place + 1) & mask) {
      const held = this.#keys[place];
      if (held === key) return this.#nodes[place] as number;
      if (held === -1) return 0;
    }
  }

  #add({ word, refused }: MatchedWord): void {
    let node = 0;
    for (let at = 0; at < word.length; at++) {
      const unit = word.charCodeAt(at);
      node = this.#child(node, unit) || this.#grow(node, unit);
    }
    if (node === 0) return;
    this.#longest[node] = word.length;
    if (refused) this.#refused[node] = 1;
  }

  #grow(parent: number, unit: number): number {
    const node = this.#count;
    if (node === this.#parents.length) this.#widen();
    if (node > this.#keys.length * HASH_LOAD_MAX) this.#rehash();
    this.#count += 1;
    this.#parents[node] = parent;
    this.#units[node] = unit;
    this.#depths[node] = (this.#depths[parent] as number) + 1;
    this.#put(parent, unit, node);
    return node;
  }

  #put(parent: number, unit: number, node: number): void {
    const mask = this.#keys.length - 1;
    let place = hashOf(parent, unit) & mask;
    while (this.#keys[place] !== -1) place = (place + 1) & mask;
    this.#keys[place] = parent * 0x1_0000 + unit;
    this.#nodes[place] = node;
  }

  #widen(): void {
    const length = this.#parents.length * 2;
    const wide = <Kind extends Int32Array | Uint16Array | Uint8Array>(
      from: Kind,
      to: Kind,
    ): Kind => {
      to.set(from);
      return to;
    };
    this.#parents = wide(this.#parents, new Int32Array(length));
    this.#units = wide(this.#units, new Uint16Array(length));
    this.#depths = wide(this.#depths, new Uint16Array(length));
    this.#failures = wide(this.#failures, new Int32Array(length));
    this.#longest = wide(this.#longest, new Uint16Array(length));
    this.#refused = wide(this.#refused, new Uint8Array(length));
  }

  #rehash(): void {
    const length = this.#keys.length * 2;
    this.#keys = new Float64Array(length).fill(-1);
    this.#nodes = new Int32Array(length);
    for (let node = 1; node < this.#count; node++) {
      this.#put(this.#parents[node] as number, this.#units[node] as number, node);
    }
  }

  /** Level by level: what a node falls back to is nearer to the root than it is. */
  async #link(pause: Pause): Promise<void> {
    const order = this.#byDepth();
    for (let at = 1; at < order.length; at++) {
      const node = order[at] as number;
      const parent = this.#parents[node] as number;
      const unit = this.#units[node] as number;
      const failure = parent === 0 ? 0 : this.#step(this.#failures[parent] as number, unit);
      this.#failures[node] = failure;
      if (this.#longest[node] === 0) this.#longest[node] = this.#longest[failure] as number;
      if (this.#refused[failure] === 1) this.#refused[node] = 1;
      if (at % NODES_BETWEEN_PAUSES === 0) await pause();
    }
  }

  #byDepth(): Int32Array {
    const places = new Int32Array(0x1_0000 + 1);
    for (let node = 0; node < this.#count; node++) {
      const below = (this.#depths[node] as number) + 1;
      places[below] = (places[below] as number) + 1;
    }
    for (let depth = 1; depth < places.length; depth++) {
      places[depth] = (places[depth] as number) + (places[depth - 1] as number);
    }
    const order = new Int32Array(this.#count);
    for (let node = 0; node < this.#count; node++) {
      const depth = this.#depths[node] as number;
      const place = places[depth] as number;
      places[depth] = place + 1;
      order[place] = node;
    }
    return order;
  }
}

function hashOf(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e37_79b1) ^ Math.imul(unit + 1, 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
