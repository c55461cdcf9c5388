/**
 * Which addresses the server may connect to on somebody else's word: those of the public internet,
 * and what the operator has listed.
 */
import { isIP } from "node:net";

/** An address as its 4 or 16 bytes, or undefined when the text is none; zones are none. */
export function addressBytes(text: string): Uint8Array | undefined {
  const family = isIP(text);
  if (family === 4) return Uint8Array.from(text.split("."), Number);
  if (family !== 6 || text.includes("%")) return undefined;
  const [head = "", tail] = text.split("::");
  const first = groupBytes(head);
  const last = groupBytes(tail ?? "");
  const bytes = new Uint8Array(16);
  bytes.set(first);
  bytes.set(last, 16 - last.length);
  return bytes;
}

/** The bytes of groups joined by colons; the last may be an IPv4 address. */
function groupBytes(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

/** Hosts and networks that the operator has listed. */
export interface ListedHosts {
  readonly names: ReadonlySet<string>;
  readonly networks: readonly Network[];
}

interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Names, addresses and networks joined by commas; undefined when one is none of these. */
export function readListedHosts(text: string): ListedHosts | undefined {
  const names = new Set<string>();
  const networks: Network[] = [];
  for (const part of text.split(",").map((piece) => piece.trim().toLowerCase())) {
    if (part === "") continue;
    const [address = "", length] = part.split("/");
    const bytes = addressBytes(address);
    if (bytes !== undefined) {
      const all = bytes.length * 8;
      const bits = length === undefined ? all : /^\d{1,3}$/.test(length) ? Number(length) : -1;
      if (bits < 0 || bits > all) return undefined;
      networks.push({ bytes, bits });
    } else if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(part)) names.add(part);
    else return undefined;
  }
  return { names, networks };
}

export function isListedAddress(listed: ListedHosts, address: string): boolean {
  const bytes = addressBytes(address);
  if (bytes === undefined) return false;
  const inner = innerAddress(bytes);
  return listed.networks.some((network) => holds(network, bytes) || holds(network, inner));
}

/**
 * Whether an address is one of the public internet. An IPv4 address inside an IPv6 one (mapped, or
 * that of a NAT64) is judged as what it leads to. After the special-purpose registries of IANA.
 */
export function isPublicAddress(address: string): boolean {
  const bytes = addressBytes(address);
  if (bytes === undefined) return false;
  const inner = innerAddress(bytes);
  if (inner.length === 4) return !SPECIAL.some((network) => holds(network, inner));
  return holds(GLOBAL_UNICAST, inner) && !SPECIAL.some((network) => holds(network, inner));
}

function holds({ bytes, bits }: Network, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 255;
  return ((bytes[whole] ?? 0) & mask) === ((address[whole] ?? 0) & mask);
}

function networkOf(text: string): Network {
  const [address = "", bits] = text.split("/");
  return { bytes: addressBytes(address) as Uint8Array, bits: Number(bits) };
}

const MAPPED = networkOf("::ffff:0:0/96");
const NAT64 = networkOf("64:ff9b::/96");

function innerAddress(bytes: Uint8Array): Uint8Array {
  return holds(MAPPED, bytes) || holds(NAT64, bytes) ? bytes.slice(12) : bytes;
}

const GLOBAL_UNICAST = networkOf("2000::/3");

const SPECIAL: readonly Network[] = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // between a provider and its customers
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local; clouds' metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // relays of 6to4
  "192.168.0.0/16", // private
  "198.18.0.0/15", // measurements
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
  "2001::/23", // protocol assignments, Teredo among them
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: an IPv4 address of any kind inside
  "3fff::/20", // documentation
].map(networkOf);
