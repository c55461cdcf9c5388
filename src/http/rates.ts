/**
 * How many calls a user and an address may make. The host application, by its key, has no bound
 * here.
 */
import { rateKey } from "../base/address.ts";
import { KeyedRates } from "../filter/keyed-rates.ts";

export class HttpRates {
  readonly #users: KeyedRates<number>;
  readonly #addresses: KeyedRates<string>;

  constructor(limits: {
    userPerSecond: number;
    userBurst: number;
    addressPerSecond: number;
    addressBurst: number;
  }) {
    this.#users = new KeyedRates(limits.userPerSecond, limits.userBurst);
    this.#addresses = new KeyedRates(limits.addressPerSecond, limits.addressBurst);
  }

  /**
   * Whether a call that doesn't show the app key may go on. `userId` is undefined for nobody known.
   */
  take(userId: number | undefined, address: string, nowMs: number): boolean {
    if (!this.#addresses.take(rateKey(address), nowMs)) return false;
    return userId === undefined || this.#users.take(userId, nowMs);
  }
}
