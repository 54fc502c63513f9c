/** Keeps other sites from acting or reading through a reader's browser. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { StatusContext } from "./context.ts";
import { problem } from "./problem.ts";

const loopbackName = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null;
}

/** Without an origin it is no browser's; `null` is that of a sandboxed page, and nobody's own. */
function isOwn(origin: string | undefined, urls: readonly (string | null)[]): boolean {
  if (origin === undefined) return true;
  const host = hostOf(origin);
  return host !== null && urls.map(hostOf).includes(host);
}

/**
 * Whether a browser keeps a `Secure` cookie from here: over HTTPS, seen directly or by the proxy in front, and on
 * loopback, which browsers take for a secure place even on plain HTTP (Secure Contexts §3.1).
 */
export function keepsSecureCookies(c: Context, baseUrl: string | null): boolean {
  const { protocol, hostname } = new URL(c.req.url);
  const outside = c.req.header("x-forwarded-proto") ?? (baseUrl === null ? protocol : new URL(baseUrl).protocol);
  return outside.startsWith("https") || loopbackName.test(hostname);
}

/**
 * Without tokens, only loopback names (and `baseUrl`) are answered: a foreign name that points here
 * (DNS rebinding) would otherwise let its site read everything.
 */
export function onlyOwnNames({ auth, baseUrl }: StatusContext) {
  return createMiddleware(async (c, next) => {
    const { host, hostname } = new URL(c.req.url);
    if (auth.kind === "open" && !loopbackName.test(hostname) && host !== hostOf(baseUrl)) {
      return problem(c, 403, "Without tokens only loopback names such as localhost or 127.0.0.1 are answered.");
    }
    await next();
  });
}

/** What a firewall before us adds to each request that it lets through. */
export const edgeHeader = "x-chainmail-edge";

/** Where a firewall stands before us, refuses what came past it. */
export function onlyThroughEdge({ edgeSecret }: StatusContext) {
  return createMiddleware(async (c, next) => {
    if (edgeSecret !== undefined && !isSame(c.req.header(edgeHeader) ?? "", edgeSecret))
      return problem(c, 403, "This isn't the way in.");
    await next();
  });
}

function isSame(a: string, b: string): boolean {
  const [digestA, digestB] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return digestA !== undefined && digestB !== undefined && timingSafeEqual(digestA, digestB);
}

/**
 * Refuses what another site's page sends. Browsers say where a request comes from (`Sec-Fetch-Site`, else `Origin`);
 * what says nothing is no browser and carries no one's cookie.
 */
export function onlyOwnPages({ baseUrl }: StatusContext) {
  return createMiddleware(async (c, next) => {
    if (!safeMethods.has(c.req.method)) {
      const site = c.req.header("sec-fetch-site");
      const origin = c.req.header("origin");
      if (site === undefined ? !isOwn(origin, [c.req.url, baseUrl]) : site !== "same-origin" && site !== "none") {
        return problem(c, 403, "This request came from a page of another site.");
      }
    }
    await next();
  });
}
