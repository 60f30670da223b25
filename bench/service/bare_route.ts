/** What status requests are compared with: one Hono route that answers a small constant JSON. */
import { Hono } from "hono";

const app = new Hono().get("/task", (c) => c.json({ id: "0", state: "completed" }));
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/task`),
}, app.fetch);
