/**
 * The HTTP interface: middleware in order, routes, one error handler. Building it does no I/O.
 */
import { type Context, Hono } from "hono";
import type { AppParts } from "./routes/app_parts.ts";
import { mountArtifacts } from "./routes/artifacts.ts";
import { mountCompat } from "./routes/compat.ts";
import { mountEvents } from "./routes/events.ts";
import { guard } from "./routes/guard.ts";
import { leaveHeadLength } from "./routes/head.ts";
import { mountHealth } from "./routes/health.ts";
import { mountInspect } from "./routes/inspect.ts";
import { mountPage } from "./routes/page.ts";
import { Problem, problemOf, problemResponse } from "./routes/problem.ts";
import { mountTasks } from "./routes/tasks.ts";

export type { AppParts, AppSettings } from "./routes/app_parts.ts";

/**
 * The app over its parts; `app.fetch` serves it.
 *
 * ```ts ignore
 * const app = createApp(parts);
 * Deno.serve({ hostname: "127.0.0.1", port: 8000 }, app.fetch);
 * ```
 */
export function createApp(parts: AppParts): Hono {
  const app = new Hono();
  // Outermost, so that refusals have it too: no browser may take an answer for another type than it says.
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
  });
  app.use(guard(parts.settings.hosts));
  mountTasks(app, parts);
  mountInspect(app, parts);
  mountEvents(app, parts);
  mountArtifacts(app, parts);
  mountCompat(app, parts);
  mountHealth(app, parts);
  mountPage(app);
  app.notFound((c) =>
    refuse(
      c,
      parts,
      new Problem("unknown-route", "The service's own page is at /, its tasks at /v1/tasks."),
    )
  );
  app.onError((error, c) => refuse(c, parts, error));
  leaveHeadLength(app);
  return app;
}

/** The one place where an error becomes an answer. */
async function refuse(c: Context, { log }: AppParts, error: unknown): Promise<Response> {
  const problem = problemOf(error);
  if (problem.code === "internal-error") {
    log.error("request.failed", {
      method: c.req.method,
      error: error instanceof Error ? error.stack : String(error),
    });
  }
  // Deno then reads and drops what is left of the body: a client that sends all of it before it reads hangs otherwise.
  const { body } = c.req.raw;
  if (body !== null && !body.locked) await body.cancel().catch(() => {});
  return problemResponse(problem, c.req.path);
}
