// Opens the connections of a run, some at a time, and says how many a second that were.

export interface Openable {
  open(): Promise<void>;
}

/** The kernel holds 512 that the server has not accepted yet; beyond, connecting stalls. */
const CONNECTING_AT_ONCE = 64;

export async function openAll(connections: readonly Openable[]): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  const openNext = async (): Promise<void> => {
    while (next < connections.length) await (connections[next++] as Openable).open();
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, openNext));
  return (connections.length * 1000) / (performance.now() - startMs);
}
