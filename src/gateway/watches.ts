/** Whose coming and going a connection has asked to hear of; ends with the connection. */

/** Of all connections of a gateway; about 100 bytes each. */
const ENTRIES_MAX = 1_000_000;

export class Watches {
  readonly #bySlot = new Map<number, readonly number[]>();
  readonly #byUser = new Map<number, Set<number>>();
  #entries = 0;

  /** In place of what the connection watched before; false when this gateway can hold no more. */
  set(slot: number, userIds: readonly number[]): boolean {
    const before = this.ofSlot(slot).length;
    if (this.#entries - before + userIds.length > ENTRIES_MAX) return false;
    this.drop(slot);
    if (userIds.length === 0) return true;
    const own = [...new Set(userIds)];
    this.#bySlot.set(slot, own);
    this.#entries += own.length;
    for (const userId of own) {
      const slots = this.#byUser.get(userId);
      if (slots === undefined) this.#byUser.set(userId, new Set([slot]));
      else slots.add(slot);
    }
    return true;
  }

  drop(slot: number): void {
    const userIds = this.ofSlot(slot);
    this.#bySlot.delete(slot);
    this.#entries -= userIds.length;
    for (const userId of userIds) {
      const slots = this.#byUser.get(userId);
      slots?.delete(slot);
      if (slots?.size === 0) this.#byUser.delete(userId);
    }
  }

  ofSlot(slot: number): readonly number[] {
    return this.#bySlot.get(slot) ?? NOBODY;
  }

  /** The connections that watch a user. */
  slotsOf(userId: number): Iterable<number> {
    return this.#byUser.get(userId) ?? NOBODY;
  }
}

const NOBODY: readonly number[] = [];
