/** `/v1/tasks`: upload, list, status, delete. */
import type { Context, Hono } from "hono";
import { z } from "zod";
import { RETRY_AFTER_S } from "../domain/limits.ts";
import { nearest } from "../domain/nearest.ts";
import { TASK_STATES } from "../domain/task.ts";
import { isTaskId } from "../domain/task_id.ts";
import { deleteTask } from "../tasks/delete.ts";
import type { AppParts } from "./app_parts.ts";
import { deletedTask, findTask, unknownTask } from "./find_task.ts";
import { methods } from "./methods.ts";
import { parseNamedValues } from "./named_values.ts";
import { pageLimit } from "./page_limit.ts";
import { Problem } from "./problem.ts";
import { taskJson } from "./task_json.ts";
import { receiveUpload } from "./upload.ts";

const listQuery = z.object({
  limit: pageLimit,
  cursor: z.string().transform((text, context) => {
    const id = fromCursor(text);
    if (id === null) {
      context.addIssue("is no cursor of this list; take next_cursor of the page before");
      return z.NEVER;
    }
    return id;
  }).optional(),
  state: z.enum(TASK_STATES, {
    error: ({ input }) => {
      const near = nearest(String(input), TASK_STATES);
      return `must be one of ${TASK_STATES.join(", ")}${
        near === null ? "" : `; did you mean ${near}?`
      }`;
    },
  }).optional(),
  parent: z.string().refine(isTaskId, "must be the ID of a task").optional(),
});

export function mountTasks(app: Hono, parts: AppParts): void {
  methods(app, "/v1/tasks", {
    POST: async (c) => {
      const task = await receiveUpload(c, parts);
      return c.json(taskJson({ task, progress: null }), 202, {
        location: `/v1/tasks/${task.id}`,
        "cache-control": "no-store",
      });
    },
    GET: (c) => listTasks(c, parts),
  });
  methods(app, "/v1/tasks/:id", {
    GET: async (c) =>
      c.json(taskJson(await findTask(parts.queries, c.req.param("id"))), 200, {
        "cache-control": "no-store",
      }),
    DELETE: async (c) => {
      await removeTask(parts, c.req.param("id"));
      return c.body(null, 204);
    },
  });
}

/** Newest first. One row more than asked for tells whether there is a next page. */
async function listTasks(c: Context, parts: AppParts): Promise<Response> {
  const query = parseNamedValues(listQuery, new URL(c.req.url).searchParams);
  const { limit, cursor = null, state, parent: parentId } = query;
  const found = await parts.queries.tasks({ state, parentId, limit: limit + 1, before: cursor });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return c.json(
    {
      tasks: page.map(taskJson),
      next_cursor: found.length > limit && last !== undefined ? toCursor(last.task.id) : null,
    },
    200,
    { "cache-control": "no-store" },
  );
}

async function removeTask(parts: AppParts, id: string | undefined): Promise<void> {
  if (id === undefined || !isTaskId(id)) throw unknownTask();
  switch (await deleteTask(parts, id)) {
    case "deleted":
      return;
    case "unknown":
      throw unknownTask();
    case "deleted-before":
      throw deletedTask();
    case "not-final":
      throw new Problem("not-final", "Only a final task can be deleted. Try when it is done.", {
        headers: { "retry-after": String(RETRY_AFTER_S) },
      });
  }
}

/** Where a page ended: the last ID, in a form that invites nobody to make one up. */
function toCursor(id: string): string {
  return btoa(id.replaceAll("-", "")).replace(/=+$/, "");
}

function fromCursor(cursor: string): string | null {
  try {
    const digits = atob(cursor);
    const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return isTaskId(id) ? id : null;
  } catch {
    return null;
  }
}
