/** Typed events: `on` answers what takes the listener off again. */

export type Listener<Value> = (value: Value) => void;

export class Emitter<Events extends object> {
  #listeners = new Map<keyof Events, Set<Listener<never>>>();
  #failed: (error: unknown) => void;

  /** `failed` hears what a listener throws, so that one listener can't stop the others. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    // Wrapped, so that the same function given twice is two listeners.
    const own: Listener<Events[Name]> = (value) => listener(value);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  listens(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        (listener as Listener<Events[Name]>)(value);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
