/** Who asks: by bearer token (RFC 6750), or by the cookie that the log-in form sets. Only hashes of tokens are stored. */

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { tokenPrefix, verifyToken } from "../customers/tokens.ts";
import type { Token } from "../store/store.ts";
import type { StatusContext, StatusEnv, StatusRequest, Viewer } from "./context.ts";
import { customerPath } from "./pages/html.ts";
import { problem } from "./problem.ts";

const cookieName = "chainmail";
const bearer = /^Bearer +([A-Za-z0-9._~+/-]{1,200}=*)$/i;

export type Identity = { readonly kind: "known"; readonly viewer: Viewer } | { readonly kind: "none" | "invalid" };

function viewerOf(token: Token): Viewer {
  return token.customer === null ? { kind: "operator" } : { kind: "customer", customer: token.customer };
}

export function homeOf(viewer: Viewer): string {
  return viewer.kind === "operator" ? "/" : customerPath(viewer.customer);
}

export async function viewerOfToken({ store }: StatusContext, token: string): Promise<Viewer | undefined> {
  const found = await verifyToken(store.config, token);
  return found && viewerOf(found);
}

async function identify(c: StatusRequest, context: StatusContext): Promise<Identity> {
  if (context.auth.kind === "open") return { kind: "known", viewer: { kind: "operator" } };
  const header = c.req.header("authorization");
  const sent = header === undefined ? undefined : bearer.exec(header)?.[1];
  // The header may be meant for somebody before us, who asks for a JWT or a signature.
  const token = sent?.startsWith(tokenPrefix) ? sent : (getCookie(c, cookieName) ?? sent);
  if (token === undefined) return { kind: header === undefined ? "none" : "invalid" };
  const viewer = await viewerOfToken(context, token);
  return viewer === undefined ? { kind: "invalid" } : { kind: "known", viewer };
}

/** For the API: 401 with a challenge unless the token is known. */
export function needsToken(context: StatusContext) {
  return createMiddleware<StatusEnv>(async (c, next) => {
    const identity = await identify(c, context);
    if (identity.kind !== "known") {
      const why = identity.kind === "none" ? "" : ', error="invalid_token"';
      return problem(
        c,
        401,
        identity.kind === "none"
          ? "A token is needed: send `Authorization: Bearer TOKEN`."
          : "This token is not known: it may be mistyped or revoked.",
        { "WWW-Authenticate": `Bearer realm="chainmail"${why}` },
      );
    }
    c.set("viewer", identity.viewer);
    await next();
  });
}

/** For pages: whoever isn't known is led to the log-in form and back. */
export function needsLogIn(context: StatusContext) {
  return createMiddleware<StatusEnv>(async (c, next) => {
    const identity = await identify(c, context);
    if (identity.kind !== "known") {
      const { pathname, search } = new URL(c.req.url);
      const back = c.req.method === "GET" ? `?next=${encodeURIComponent(pathname + search)}` : "";
      return c.redirect(`/login${back}`, 303);
    }
    c.set("viewer", identity.viewer);
    await next();
  });
}

/** `Secure` also on plain http: browsers take loopback for a secure place (Secure Contexts §3.1). */
export function rememberToken(c: StatusRequest, token: string): void {
  setCookie(c, cookieName, token, { path: "/", httpOnly: true, secure: true, sameSite: "Strict", maxAge: 2_592_000 });
}

export function forgetToken(c: StatusRequest): void {
  deleteCookie(c, cookieName, { path: "/", secure: true });
}
