/** A page in its frame, as an answer. */

import type { StatusContext, StatusRequest } from "./context.ts";
import { type Html, visible } from "./pages/html.ts";
import { layout } from "./pages/layout.ts";
import { homeOf } from "./viewer.ts";

/** `live`: the page reloads itself unless its reader stopped that by `?live=off`. */
export type Show = (c: StatusRequest, title: string, live: boolean, body: Html) => Promise<Response>;

export function createShow({ everyMs, version, auth, topic }: StatusContext): Show {
  const refreshSeconds = Math.min(30, Math.max(5, Math.round(everyMs / 1000)));
  return async (c, title, live, body) => {
    const { viewer } = c.var;
    const url = new URL(c.req.url);
    const reloads = live && url.searchParams.get("live") !== "off";
    url.searchParams.set("live", "off");
    const operator = viewer.kind === "operator";
    const page = layout(
      {
        title,
        version,
        reader: {
          operator,
          home: homeOf(viewer),
          logOut: auth.kind === "tokens",
          subscriptions: operator && topic !== undefined,
        },
        refresh: reloads ? { seconds: refreshSeconds, pause: url.pathname + url.search } : null,
      },
      body,
    );
    return c.html(visible(String(await page)), 200, { "Cache-Control": "no-store", Vary: "Authorization, Cookie" });
  };
}
