/** Which field each of a file's own columns holds. Labels don't tell: the report does. */
import { Refusal } from "./service.js";

/** A field or null for each column of the anomalies that the file itself had, in their order. */
export async function ownFields(task) {
  const { href } = task.artifacts.find(({ kind }) => kind === "report");
  const response = await fetch(href);
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => null));
  const { columns } = await response.json();
  return columns.filter(({ use }) => use !== "ignored").map(({ field }) => field);
}
