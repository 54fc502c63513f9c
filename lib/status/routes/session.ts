/** Log in by a form, log out, and the files that need no token. */

import { Hono } from "hono";
import type { StatusContext, StatusEnv, Viewer } from "../context.ts";
import { customerPath, visible } from "../pages/html.ts";
import { favicon } from "../pages/icons.ts";
import { logInPage } from "../pages/login.ts";
import { style, styleHref } from "../pages/style.ts";
import { ownPath } from "../query.ts";
import { forgetToken, rememberToken, viewerOfToken } from "../viewer.ts";

export function homeOf(viewer: Viewer): string {
  return viewer.kind === "operator" ? "/" : customerPath(viewer.customer);
}

const forEver = { "Cache-Control": "public, max-age=31536000, immutable" };

export function sessionRoutes(context: StatusContext): Hono<StatusEnv> {
  const { auth, version } = context;
  const routes = new Hono<StatusEnv>();

  routes.get(styleHref, (c) => c.body(style, 200, { ...forEver, "Content-Type": "text/css; charset=utf-8" }));
  routes.get("/favicon.svg", (c) => c.body(favicon, 200, { ...forEver, "Content-Type": "image/svg+xml" }));

  routes.get("/login", async (c) => {
    if (auth.kind === "open") return c.redirect("/", 303);
    const next = ownPath(c.req.query("next") ?? "") ?? "";
    return c.html(visible(String(await logInPage({ next, error: null, version }))), 200, {
      "Cache-Control": "no-store",
    });
  });

  routes.post("/login", async (c) => {
    const form = await c.req.parseBody();
    const token = typeof form.token === "string" ? form.token.trim() : "";
    const next = typeof form.next === "string" ? (ownPath(form.next) ?? "") : "";
    const viewer = token === "" || token.length > 200 ? undefined : await viewerOfToken(context, token);
    if (viewer === undefined) {
      const error = "This token is not known: it may be mistyped or revoked.";
      return c.html(visible(String(await logInPage({ next, error, version }))), 403, { "Cache-Control": "no-store" });
    }
    rememberToken(c, token);
    return c.redirect(next === "" || next === "/" ? homeOf(viewer) : next, 303);
  });

  routes.post("/logout", (c) => {
    forgetToken(c);
    return c.redirect("/login", 303);
  });

  return routes;
}
