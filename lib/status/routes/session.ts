/** Log in by a form, log out, and the files that need no token. */

import { Hono } from "hono";
import type { StatusContext, StatusEnv, StatusRequest } from "../context.ts";
import { keepsSecureCookies } from "../guard.ts";
import { visible } from "../pages/html.ts";
import { favicon } from "../pages/icons.ts";
import { logInPage } from "../pages/login.ts";
import { style, styleHref } from "../pages/style.ts";
import { ownPath } from "../query.ts";
import { forgetToken, homeOf, rememberToken, viewerOfToken } from "../viewer.ts";

const forEver = { "Cache-Control": "public, max-age=31536000, immutable" };

export function sessionRoutes(context: StatusContext): Hono<StatusEnv> {
  const { auth, baseUrl, version } = context;
  const routes = new Hono<StatusEnv>();

  routes.get(styleHref, (c) => c.body(style, 200, { ...forEver, "Content-Type": "text/css; charset=utf-8" }));
  routes.get("/favicon.svg", (c) => c.body(favicon, 200, { ...forEver, "Content-Type": "image/svg+xml" }));

  async function showForm(c: StatusRequest, status: 200 | 403, next: string, error: string | null): Promise<Response> {
    const secure = keepsSecureCookies(c, baseUrl);
    const page = await logInPage({ next, error, secure, version });
    return c.html(visible(String(page)), status, { "Cache-Control": "no-store" });
  }

  routes.get("/login", async (c) => {
    if (auth.kind === "open") return c.redirect("/", 303);
    return showForm(c, 200, ownPath(c.req.query("next") ?? "") ?? "", null);
  });

  routes.post("/login", async (c) => {
    const form = await c.req.parseBody();
    const token = typeof form.token === "string" ? form.token.trim() : "";
    const next = typeof form.next === "string" ? (ownPath(form.next) ?? "") : "";
    const viewer = token === "" || token.length > 200 ? undefined : await viewerOfToken(context, token);
    if (viewer === undefined) {
      return showForm(c, 403, next, "This token is not known: it may be mistyped or revoked.");
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
