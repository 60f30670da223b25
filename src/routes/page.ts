/** The page for people, and what it loads. Its files are part of the program, so serving them reads no disk. */
import type { Hono } from "hono";
import html from "../page/index.html" with { type: "text" };
import css from "../page/page.css" with { type: "text" };
import js from "../page/page.js" with { type: "text" };
import { methods } from "./methods.ts";

/** Nothing inline, nothing foreign, no frame around it: a cell that became markup could still do nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const FILES: readonly [path: string, text: string, type: string][] = [
  ["/", html, "text/html; charset=utf-8"],
  ["/page.css", css, "text/css; charset=utf-8"],
  ["/page.js", js, "text/javascript; charset=utf-8"],
];

export function mountPage(app: Hono): void {
  for (const [path, text, type] of FILES) {
    methods(app, path, {
      GET: (c) =>
        c.body(text, 200, {
          "content-type": type,
          "content-security-policy": CONTENT_SECURITY_POLICY,
          "referrer-policy": "no-referrer",
          "cache-control": "no-cache",
        }),
    });
  }
}
