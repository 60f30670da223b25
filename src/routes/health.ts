/** `/healthz`: the process answers. `/readyz`: it can do its work. */
import type { Hono } from "hono";
import { RETRY_AFTER_S } from "../domain/limits.ts";
import type { AppParts } from "./app_parts.ts";
import { methods } from "./methods.ts";
import { Problem } from "./problem.ts";

export function mountHealth(app: Hono, parts: AppParts): void {
  methods(app, "/healthz", {
    GET: (c) => c.json({ status: "ok" }, 200, { "cache-control": "no-store" }),
  });
  methods(app, "/readyz", {
    GET: async (c) => {
      const reasons = [...await parts.ready()];
      if (parts.intake.draining) reasons.unshift("The service is shutting down.");
      if (reasons.length > 0) {
        throw new Problem("not-ready", reasons.join(" "), {
          errors: reasons.map((detail) => ({ code: "not-ready", detail })),
          headers: { "retry-after": String(RETRY_AFTER_S) },
        });
      }
      return c.json({ status: "ready" }, 200, { "cache-control": "no-store" });
    },
  });
}
