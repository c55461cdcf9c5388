/** Saves the newest cursor, one at a time: what changes meanwhile is saved after it. */
import type { ClientStore, Cursor } from "./store.ts";

export class CursorSaver {
  #store: ClientStore;
  #snapshot: () => Cursor;
  #failed: (error: unknown) => void;
  #saving: Promise<void> | undefined;
  #again = false;

  constructor(store: ClientStore, snapshot: () => Cursor, failed: (error: unknown) => void) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#failed = failed;
  }

  save(): void {
    if (this.#saving !== undefined) {
      this.#again = true;
      return;
    }
    try {
      const saved = this.#store.saveCursor(this.#snapshot());
      if (saved instanceof Promise) this.#saving = this.#wait(saved);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Settles when the newest cursor is saved. */
  async flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
  }

  async #wait(saved: Promise<void>): Promise<void> {
    try {
      await saved;
    } catch (error) {
      this.#failed(error);
    }
    this.#saving = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.save();
  }
}
