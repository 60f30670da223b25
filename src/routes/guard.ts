/**
 * Who may ask: only those who know the service by a name of its own, and no foreign web page.
 *
 * A page anywhere on the web can make its visitor's browser send requests to a service on the visitor's own machine,
 * and, by pointing a DNS name of its own at 127.0.0.1, even read the answers. The first is refused by `Origin`, the
 * second by `Host`.
 */
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";

/** Refuse a foreign `Host` with 421 and a foreign `Origin` with 403. @param hosts beside the loopback names */
export function guard(hosts: readonly string[]): MiddlewareHandler {
  const known = new Set(hosts);
  const isKnown = (name: string) => isLoopback(name) || known.has(name);
  return async (c, next) => {
    // A request line may name a host as well (`GET http://host/ HTTP/1.1`), and then it should win over the header.
    const said = c.req.header("host");
    const target = isOf(c.req.url, said) ? said : URL.parse(c.req.url)?.host ?? "";
    const host = (said ?? target).toLowerCase();
    if (!isKnown(hostName(host)) || !isKnown(hostName(target.toLowerCase()))) {
      throw new Problem(
        "unknown-host",
        "Call the service as localhost or 127.0.0.1, or ask the operator to add this name to DATATASKER_HOSTS.",
      );
    }
    const origin = c.req.header("origin");
    if (origin !== undefined) {
      const from = originHost(origin);
      // A proxy may change Host, so a public name of ours is no foreign origin either.
      if (from === null || (from !== host && !known.has(hostName(from)))) {
        throw new Problem(
          "foreign-origin",
          "Web pages of other origins may not use this service; open its own page instead.",
        );
      }
    }
    await next();
  };
}

/** Whether a URL is plainly of this host, as nearly all are: told in a tenth of the time that parsing it takes. */
function isOf(url: string, host: string | undefined): host is string {
  return host !== undefined && /^[\w.-]+(?::\d+)?$/.test(host) && url.startsWith(`http://${host}/`);
}

/** A host without its port and its root dot: `localhost.:8000` -> `localhost`. */
function hostName(host: string): string {
  const name = host.replace(/:\d*$/, "");
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

/** Names that never leave the machine: browsers resolve `*.localhost` themselves, to loopback (RFC 6761). */
function isLoopback(name: string): boolean {
  return name === "localhost" || name === "127.0.0.1" || name === "[::1]" ||
    name.endsWith(".localhost");
}

/** `http://localhost:8000` -> `localhost:8000`; null of `null` and of anything that is no web origin. */
function originHost(origin: string): string | null {
  return /^https?:\/\/([^/?#@]+)$/.exec(origin.toLowerCase())?.[1] ?? null;
}
