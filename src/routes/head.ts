/** Answers to HEAD: a GET's, without its body and without a wrong length. */
import type { Hono } from "hono";

/**
 * Keep the server from saying `content-length: 0` to a HEAD whose GET has a body.
 *
 * Hono answers HEAD with the GET's headers and no body, and Deno takes a response without body for an empty one. Behind
 * a stream it knows no length and says none, which RFC 9110, section 8.6, allows; a handler that knows the length sets it.
 */
export function leaveHeadLength(app: Hono): void {
  const fetch = app.fetch;
  app.fetch = async (request, ...rest) => {
    const response = await fetch(request, ...rest);
    // Asking a response for its `body` makes a stream of it, which costs a GET its length: so the method comes first.
    if (request.method !== "HEAD" || response.headers.has("content-length")) return response;
    if (response.body !== null || response.status === 304) return response;
    return new Response(new ReadableStream({ start: (body) => body.close() }), response);
  };
}
