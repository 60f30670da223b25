/** What a task ID looks like. */

const TASK_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text has the shape of a task ID: a UUID in lower case, of any version. Such a text is safe in a path. */
export function isTaskId(text: string): boolean {
  return TASK_ID.test(text);
}
