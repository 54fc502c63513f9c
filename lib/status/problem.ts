/** Every error as `application/problem+json` (RFC 9457), or as a page where a person asked for one. */

import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { problemPage } from "./pages/problem.ts";

/** True where the request comes from a person's browser and not to the API. */
function wantsPage(c: Context): boolean {
  const machine = /^\/(v1|healthz)(\/|$)/.test(c.req.path);
  return !machine && (c.req.header("accept") ?? "").includes("text/html");
}

/**
 * Answers `status` with one sentence that says what was wrong and, where it helps, what was expected.
 * The type is `about:blank`: the status code says it all (RFC 9457 §4.2.1).
 */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response | Promise<Response> {
  const title = STATUS_CODES[status] ?? "Error";
  if (wantsPage(c)) return c.html(problemPage({ status, title, detail }), status, { ...headers });
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  return c.body(body, status, { ...headers, "Content-Type": "application/problem+json" });
}
