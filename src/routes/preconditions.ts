/** Conditional requests (RFC 9110, section 13) on entity tags; we have no modification dates. */

/** What the request's conditions say to do. `whole`: as if there were no `Range`. */
export type Verdict = "proceed" | "whole" | "not-modified" | "failed";

/**
 * Judge `If-Match`, `If-None-Match` and `If-Range` in the order of section 13.2.2.
 *
 * @param etag of what would be sent: `"..."`, or `W/"..."`, which no strong comparison meets
 * @param header reads one header of the request
 */
export function judgePreconditions(
  etag: string,
  header: (name: string) => string | undefined,
): Verdict {
  const ifMatch = header("if-match");
  if (ifMatch !== undefined && ifMatch.trim() !== "*") {
    if (etag.startsWith("W/") || !tags(ifMatch).includes(etag)) return "failed";
  }
  const ifNoneMatch = header("if-none-match");
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === "*" || tags(ifNoneMatch).map(opaque).includes(opaque(etag))) {
      return "not-modified";
    }
  }
  const ifRange = header("if-range");
  return ifRange !== undefined && (etag.startsWith("W/") || ifRange.trim() !== etag)
    ? "whole"
    : "proceed";
}

/** The entity tags of a list; what is none is left out. */
function tags(list: string): string[] {
  return list.match(/(W\/)?"[^"]*"/g) ?? [];
}

/** Weak comparison looks at the quoted part only. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, "");
}
