/** What the writer counts; shown at /metrics. */
import { Counter, type Registry } from "prom-client";

export function settleCounters(registry: Registry) {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, registers: [registry] });
  return {
    stored: counter("linnet_messages_stored_total", "Messages committed by this writer"),
    batches: counter("linnet_batches_total", "Statements that committed messages"),
    duplicates: counter("linnet_duplicates_total", "Messages that were known when they came"),
    replayed: counter("linnet_replayed_total", "Messages known when the stream was read again"),
    renumbered: counter("linnet_renumbered_total", "Messages whose number from Redis did not hold"),
    poisoned: counter("linnet_poisoned_total", "Records set aside because they can't be stored"),
    changes: counter("linnet_changes_total", "Records other than messages that were applied"),
    takeovers: counter("linnet_takeovers_total", "Times this process became the writer"),
  };
}

export type SettleCounters = ReturnType<typeof settleCounters>;
