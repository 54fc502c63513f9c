/** The status app: JSON API and pages over one store, for `lambdas/status.ts` and `chainmail up` alike. */

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { StatusContext, StatusEnv } from "./context.ts";
import { onlyOwnNames, onlyOwnPages, onlyThroughEdge } from "./guard.ts";
import { problem } from "./problem.ts";
import { createReader } from "./reader.ts";
import { apiRoutes } from "./routes/api.ts";
import { healthRoute } from "./routes/health.ts";
import { pageRoutes } from "./routes/pages.ts";
import { sessionRoutes } from "./routes/session.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { unsubscribeRoutes } from "./routes/unsubscribe.ts";

const bodyMax = 8 * 1024;

/**
 * `GET /v1/customers/{id}`, `…/history`, `/v1/incidents`, `/v1/incidents/{id}`, `/v1/fleet`, `/healthz`, the pages
 * `/`, `/customers/{id}`, `/incidents`, `/incidents/{id}`, `/subscriptions`, `/unsubscribe/{token}`, `/login`, and `POST …/acknowledge`. Errors are problem+json,
 * or a page for a browser.
 *
 * @example
 * serve({ fetch: createApp({ store, now: Date.now, everyMs: 300_000, auth: { kind: "open" }, baseUrl: null, version }).fetch });
 */
export function createApp(context: StatusContext): Hono<StatusEnv> {
  const app = new Hono<StatusEnv>({ strict: false });
  const reader = createReader(context);

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: "DENY",
      // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
      referrerPolicy: "same-origin",
      strictTransportSecurity: context.baseUrl?.startsWith("https:") ?? false,
    }),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        problem(c, 405, `${c.req.method} is not possible here, but ${methods.join(", ")}.`, {
          Allow: methods.join(", "),
        }),
    }),
  );
  app.use(onlyThroughEdge(context));
  app.use(onlyOwnNames(context));
  app.use(
    bodyLimit({ maxSize: bodyMax, onError: (c) => problem(c, 413, `The body is larger than ${bodyMax} bytes.`) }),
  );
  app.use(etag());
  // Its link is all that it takes: a mail program may post it from a site of its own (RFC 8058 §3.2).
  app.route("/", unsubscribeRoutes(context));
  app.use(onlyOwnPages(context));

  app.route("/healthz", healthRoute(context));
  app.route("/v1", apiRoutes(context, reader));
  app.route("/", sessionRoutes(context));
  app.route("/", pageRoutes(context, reader));
  if (context.topic !== undefined) app.route("/", subscriptionRoutes(context, context.topic));

  app.notFound((c) => problem(c, 404, `There is nothing at ${c.req.path}.`));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      const challenge = Object.fromEntries(error.getResponse().headers);
      return problem(c, error.status, error.message || "The request could not be answered.", challenge);
    }
    console.error(JSON.stringify({ level: "error", at: c.req.path, error: String(error) }));
    return problem(c, 500, "Something went wrong here; the log says what.");
  });
  return app;
}
