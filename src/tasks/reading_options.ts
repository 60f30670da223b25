/** How a task's rows were read, as options: what holds for its rejected rows too when they come again. */
import { DECIMAL_MARKS, type DecimalMark, type TaskOptions } from "../domain/options.ts";
import type { Task } from "../domain/task.ts";
import type { FileStore } from "../storage/file_store.ts";

/** Options that say which rows and columns of a file are data, and what its cells mean. */
const READING_OPTIONS = ["keep_totals", "columns", "discount", "decimal_mark", "percent"] as const;

/**
 * What an upload that brings a task's rejected rows takes over from it.
 *
 * Decimal marks are those that the run came to: a few rows, without the others, might be read by another. Tasks that ended
 * before they told them have them in the report; once that is deleted, those that were asked for are all there is.
 *
 * @param given the options that the upload gives itself, each by what stands before a bracket in it
 */
export async function readingOptions(
  store: Pick<FileStore, "openArtifact">,
  task: Task,
  given: ReadonlySet<string>,
): Promise<Partial<TaskOptions>> {
  // A rejects file always has a header, in which a file without one has the fields' own names.
  const hasOtherHeader = task.options.header === "none" || given.has("header");
  const names = READING_OPTIONS.filter((name) =>
    !given.has(name) && !(name === "columns" && hasOtherHeader)
  );
  const options = Object.fromEntries(names.map((name) => [name, task.options[name]]));
  if (given.has("decimal_mark")) return options;
  const marks = await decidedMarks(store, task);
  return marks.length === 0 ? options : { ...options, decimal_mark: Object.fromEntries(marks) };
}

/** Each field whose numbers the task or its report tells of, with its mark. */
async function decidedMarks(
  store: Pick<FileStore, "openArtifact">,
  task: Task,
): Promise<[string, DecimalMark][]> {
  if (task.decimal_mark !== null) {
    return Object.entries(task.decimal_mark).map(([field, { mark }]) => [field, mark]);
  }
  const artifact = task.artifacts.find(({ kind }) => kind === "report");
  const file = artifact === undefined || task.deleted_at !== null
    ? null
    : await store.openArtifact(artifact);
  if (file === null) return [];
  const { columns = [] } = await new Response(file.readable).json();
  return columns.flatMap(
    ({ field, decimal_mark }: { field: string | null; decimal_mark?: DecimalMark }) =>
      field !== null && decimal_mark !== undefined && DECIMAL_MARKS.includes(decimal_mark)
        ? [[field, decimal_mark]]
        : [],
  );
}
