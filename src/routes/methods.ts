/** Routes by path: each path once, with all methods that it knows. */
import type { Handler, Hono } from "hono";
import { Problem } from "./problem.ts";

type Method = "GET" | "POST" | "DELETE";

/**
 * Mount the handlers of one path; any other method gets 405 with `Allow`. HEAD goes wherever GET goes.
 *
 * ```ts ignore
 * methods(app, "/healthz", { GET: (c) => c.json({ status: "ok" }) });
 * ```
 */
export function methods(app: Hono, path: string, handlers: Partial<Record<Method, Handler>>): void {
  for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler);
  const allow = Object.keys(handlers).flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name])
    .join(", ");
  app.all(path, () => {
    throw new Problem("method-not-allowed", `Use one of: ${allow}.`, { headers: { allow } });
  });
}
