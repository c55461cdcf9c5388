/** Health, readiness and metrics, for whoever keeps the process running. */
import { CODE } from "../wire/errors.ts";
import { answer, Done, Refusal } from "./answer.ts";
import type { Endpoints } from "./endpoints.ts";

export interface Readiness {
  ok: boolean;
  /** What is missing, a sentence each. */
  reasons: string[];
}

export interface HealthParts {
  ready: () => Readiness;
  registry: { readonly contentType: string; metrics(): Promise<string> };
}

type Page = (parts: HealthParts) => Response | Promise<Response>;

const PAGES: Readonly<Record<string, Page>> = {
  "/healthz": () => answer(new Done()),
  "/readyz": (parts) => {
    const { ok, reasons } = parts.ready();
    return answer(ok ? new Done() : new Refusal(CODE.unavailable, reasons.join("; ")));
  },
  "/metrics": async ({ registry }) => {
    const headers = { "content-type": registry.contentType, "cache-control": "no-store" };
    return new Response(await registry.metrics(), { headers });
  },
};

export function addHealth(endpoints: Endpoints, parts: HealthParts): void {
  for (const [path, page] of Object.entries(PAGES)) endpoints.addPage(path, () => page(parts));
}

/** These pages alone; undefined for any other path. */
export function healthPage(
  path: string,
  parts: HealthParts,
): Response | Promise<Response> | undefined {
  return PAGES[path]?.(parts);
}

/** What a process answers to what only a process with another role serves. */
export function notServedHere(why: string): Response {
  return answer(new Refusal(CODE.unavailable, why));
}
