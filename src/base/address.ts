/**
 * Addresses of clients: the peer's, or what trusted proxies say of it; and what is counted as one.
 */
import { BlockList, isIP } from "node:net";

/**
 * Networks as CIDR joined by commas, or undefined when one is none. A plain address is a network of
 * one.
 */
export function readNetworks(text: string): BlockList | undefined {
  const networks = new BlockList();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    if (part === "") continue;
    const [address = "", length] = part.split("/");
    const family = isIP(address);
    const bits = family === 6 ? 128 : 32;
    const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    if (family === 0 || prefix < 0 || prefix > bits) return undefined;
    networks.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
  }
  return networks;
}

/**
 * The client's address: the peer's, and where the peer is a trusted proxy the last of `X-Forwarded-
 * For` that is none. What stands before it was written by the client, and is not believed.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | null,
  proxies: BlockList,
): string {
  let address = plainAddress(peer);
  if (forwardedFor === null || !holds(proxies, address)) return address;
  const hops = forwardedFor.split(",");
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = plainAddress((hops[i] as string).trim());
    if (isIP(hop) === 0) return address;
    address = hop;
    if (!holds(proxies, address)) return address;
  }
  return address;
}

/**
 * Whom a rate counts: an IPv4 address, or the /64 of an IPv6 one, since whoever has one of its
 * addresses has all of them.
 */
export function rateKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    // An IPv4 address at the end stands for two groups.
    const missing = 8 - groups.length - after.length - (tail.includes(".") ? 1 : 0);
    groups.push(...Array.from({ length: missing }, () => "0"), ...after);
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}

/** An IPv4 address that came over IPv6 is an IPv4 address. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

function holds(networks: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? "ipv6" : "ipv4");
}
