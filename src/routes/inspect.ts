/** `/v1/inspect`: how an upload would be read, of which nothing is stored. */
import type { Hono } from "hono";
import { RETRY_AFTER_S } from "../domain/limits.ts";
import { Inspector, TooManyInspectionsError } from "../tasks/inspect.ts";
import type { AppParts } from "./app_parts.ts";
import { methods } from "./methods.ts";
import { Problem } from "./problem.ts";
import { withUpload } from "./upload.ts";

export function mountInspect(app: Hono, parts: AppParts): void {
  const inspector = new Inspector(parts.system);
  methods(app, "/v1/inspect", {
    POST: async (c) => {
      const found = await withUpload(c, parts, {}, (upload) => inspector.inspect(upload))
        .catch(refuse);
      return c.json(found, 200, { "cache-control": "no-store" });
    },
  });
}

function refuse(error: unknown): never {
  if (!(error instanceof TooManyInspectionsError)) throw error;
  throw new Problem("too-many-inspections", "Inspect this file again in a moment, or upload it.", {
    headers: { "retry-after": String(RETRY_AFTER_S) },
  });
}
