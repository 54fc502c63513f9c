/**
 * Unsubscribing by the signed link of a contact's mail, without a log-in. GET asks, since link scanners open every link;
 * only POST acts, be it the page's form or a mail program's one click (RFC 8058).
 */

import { Hono } from "hono";
import { subscribe, unsubscribe } from "../../steps/unsubscribe.ts";
import { linkSecret, readUnsubscribeToken } from "../../steps/unsubscribe-link.ts";
import type { StatusContext, StatusEnv, StatusRequest } from "../context.ts";
import { visible } from "../pages/html.ts";
import { unsubscribePage } from "../pages/unsubscribe.ts";
import { problem } from "../problem.ts";

const unknown = "This link is not valid: it may have been cut off. Copy all of it from the message.";

export function unsubscribeRoutes({ store, now, version }: StatusContext): Hono<StatusEnv> {
  const routes = new Hono<StatusEnv>();

  async function ownerOf(token: string) {
    const secret = await linkSecret(store.state);
    return secret === null ? undefined : readUnsubscribeToken(secret, token);
  }

  async function show(c: StatusRequest, owner: { customer: string; address: string }, done: boolean) {
    const choice = await store.state.choice(owner.address.toLowerCase());
    const page = unsubscribePage({ ...owner, unsubscribed: choice?.wants === false, done, version });
    return c.html(visible(String(await page)), 200, { "Cache-Control": "no-store" });
  }

  routes.get("/unsubscribe/:token", async (c) => {
    const owner = await ownerOf(c.req.param("token"));
    return owner === undefined ? problem(c, 404, unknown) : show(c, owner, false);
  });

  routes.post("/unsubscribe/:token", async (c) => {
    const owner = await ownerOf(c.req.param("token"));
    if (owner === undefined) return problem(c, 404, unknown);
    const form = await c.req.parseBody();
    if (form["List-Unsubscribe"] === "One-Click") await unsubscribe(store, { ...owner, by: "one-click" }, now());
    else if (form.choice === "unsubscribe") await unsubscribe(store, { ...owner, by: "page" }, now());
    else if (form.choice === "subscribe") await subscribe(store, { ...owner, by: "page" }, now());
    else return problem(c, 400, "Nothing was chosen: use the form of this page.");
    return show(c, owner, true);
  });

  return routes;
}
