/** Health, readiness and metrics, for whoever keeps the process running. */
import type { Registry } from "prom-client";
import { CODE } from "../wire/errors.ts";
import { answer, Done, Refusal } from "./answer.ts";
import type { Endpoints } from "./endpoints.ts";

export interface Readiness {
  ok: boolean;
  /** What is missing, a sentence each. */
  reasons: string[];
}

export function addHealth(
  endpoints: Endpoints,
  parts: { ready: () => Readiness; registry: Registry },
): void {
  endpoints.addPage("/healthz", () => answer(new Done()));
  endpoints.addPage("/readyz", () => {
    const { ok, reasons } = parts.ready();
    return answer(ok ? new Done() : new Refusal(CODE.unavailable, reasons.join("; ")));
  });
  endpoints.addPage("/metrics", async () => {
    const { registry } = parts;
    const headers = { "content-type": registry.contentType, "cache-control": "no-store" };
    return new Response(await registry.metrics(), { headers });
  });
}
