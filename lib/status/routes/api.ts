/** The JSON API under /v1. */

import { Hono } from "hono";
import * as z from "zod";
import type { StatusContext, StatusEnv, StatusRequest } from "../context.ts";
import { problem } from "../problem.ts";
import { readPage } from "../query.ts";
import type { Reader } from "../reader.ts";
import { needsToken } from "../viewer.ts";

const acknowledgeBody = z.strictObject({ by: z.string().trim().min(1).max(80).optional() });

/** `Cache-Control`: kept by nobody but the asker, and asked again each time (ETag). */
const revalidate = { "Cache-Control": "private, no-cache", Vary: "Authorization, Cookie" };

function send(c: StatusRequest, body: object): Response {
  return c.json(body, 200, revalidate);
}

function noCustomer(c: StatusRequest, id: string) {
  return problem(c, 404, `There is no customer '${id}', or this token may not see it.`);
}

function noIncident(c: StatusRequest, id: string) {
  return problem(c, 404, `There is no incident '${id}', or this token may not see it.`);
}

function operatorsOnly(c: StatusRequest) {
  return problem(c, 403, "This needs the operator's token: a customer's token sees that customer only.");
}

export function apiRoutes(context: StatusContext, reader: Reader): Hono<StatusEnv> {
  const api = new Hono<StatusEnv>();
  api.use(needsToken(context));

  api.get("/customers/:id", async (c) => {
    const id = c.req.param("id");
    const look = await reader.customer(c.var.viewer, id);
    return look === undefined ? noCustomer(c, id) : send(c, look.status);
  });

  api.get("/customers/:id/history", async (c) => {
    const id = c.req.param("id");
    const query = readPage(c.req.query("limit"), c.req.query("before"));
    if (query.kind === "wrong") return problem(c, 400, query.why);
    const look = await reader.customer(c.var.viewer, id);
    return look === undefined ? noCustomer(c, id) : send(c, await reader.history(look, query.page));
  });

  api.get("/incidents", async (c) => {
    const state = c.req.query("state");
    if (state !== undefined && state !== "open" && state !== "ended") {
      return problem(c, 400, `state: '${state}': expected 'open' or 'ended'`);
    }
    const { incidents: all, suspected } = await reader.visibleTo(c.var.viewer);
    const incidents = all.filter(
      (incident) => state === undefined || (incident.state === "ended") === (state === "ended"),
    );
    return send(c, { incidents, suspected });
  });

  api.get("/incidents/:id", async (c) => {
    const id = c.req.param("id");
    const incident = await reader.incident(c.var.viewer, id);
    return incident === undefined ? noIncident(c, id) : send(c, incident);
  });

  api.post("/incidents/:id/acknowledge", async (c) => {
    const id = c.req.param("id");
    const incident = await reader.incident(c.var.viewer, id);
    if (incident === undefined) return noIncident(c, id);
    if (c.var.viewer.kind !== "operator") return operatorsOnly(c);
    const text = await c.req.text();
    const body = acknowledgeBody.safeParse(text === "" ? {} : parseJson(text));
    if (!body.success) return problem(c, 400, 'The body: expected nothing, or {"by": "a name of 1 to 80 characters"}.');
    const result = await reader.acknowledge(incident, body.data.by ?? "operator");
    if (result === "ended") return problem(c, 409, `Incident '${id}' has ended: there is nothing to acknowledge.`);
    return send(c, (await reader.incident(c.var.viewer, id)) ?? incident);
  });

  api.get("/fleet", async (c) => {
    if (c.var.viewer.kind !== "operator") return operatorsOnly(c);
    return send(c, await reader.fleet());
  });

  return api;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
