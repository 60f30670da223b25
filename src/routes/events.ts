/** `/v1/tasks/{id}/events`: what happened to a task, oldest first. */
import type { Hono } from "hono";
import { z } from "zod";
import type { AppParts } from "./app_parts.ts";
import { findTask } from "./find_task.ts";
import { methods } from "./methods.ts";
import { parseNamedValues } from "./named_values.ts";
import { pageLimit } from "./page_limit.ts";

const eventsQuery = z.object({
  limit: pageLimit,
  after: z.string().regex(/^[0-9]{1,15}$/, "must be the seq of an event, or 0").transform(Number)
    .default(0),
});

export function mountEvents(app: Hono, parts: AppParts): void {
  methods(app, "/v1/tasks/:id/events", {
    GET: async (c) => {
      const { task } = await findTask(parts.queries, c.req.param("id"));
      const { limit, after } = parseNamedValues(eventsQuery, new URL(c.req.url).searchParams);
      const found = await parts.queries.events(task.id, { after, limit: limit + 1 });
      const events = found.slice(0, limit);
      return c.json(
        {
          events,
          next_after: found.length > limit ? events.at(-1)?.seq : null,
        },
        200,
        { "cache-control": "no-store" },
      );
    },
  });
}
