/** The pages. They show what the JSON API answers, from the same reader. */

import { Hono } from "hono";
import type { StatusContext, StatusEnv } from "../context.ts";
import { customerPage } from "../pages/customer.ts";
import { fleetPage } from "../pages/fleet.ts";
import { customerPath, incidentPath } from "../pages/html.ts";
import { incidentPage, incidentsPage, relativesOf } from "../pages/incidents.ts";
import { problem } from "../problem.ts";
import { readPage } from "../query.ts";
import type { Reader } from "../reader.ts";
import { createShow } from "../show.ts";
import { needsLogIn } from "../viewer.ts";

const foundMax = 100;
const historyRows = "20";

export function pageRoutes(context: StatusContext, reader: Reader): Hono<StatusEnv> {
  const { now } = context;
  const show = createShow(context);
  const logIn = needsLogIn(context);
  const pages = new Hono<StatusEnv>();

  pages.get("/", logIn, async (c) => {
    const { viewer } = c.var;
    if (viewer.kind === "customer") return c.redirect(customerPath(viewer.customer), 303);
    const text = (c.req.query("q") ?? "").trim().slice(0, 100);
    const search = text === "" ? null : { text, ...(await reader.search(text, foundMax)) };
    const [fleet, { incidents }] = await Promise.all([reader.fleet(), reader.visibleTo(viewer)]);
    const open = incidents.filter(({ state }) => state !== "ended").slice(0, foundMax);
    return show(c, "Customers", search === null, fleetPage({ fleet, open, search, now: now() }));
  });

  pages.get("/customers/:id", logIn, async (c) => {
    const id = c.req.param("id");
    const query = readPage(historyRows, c.req.query("before"));
    if (query.kind === "wrong") return problem(c, 400, query.why);
    const look = await reader.customer(c.var.viewer, id);
    if (look === undefined) return problem(c, 404, `There is no customer '${id}', or you may not see it.`);
    const [history, { incidents, suspected }, onOwnPath] = await Promise.all([
      reader.history(look, query.page),
      reader.ofCustomer(c.var.viewer, look),
      reader.onOwnPath(look),
    ]);
    const domain = c.req.query("domain") ?? null;
    const newest = query.page.before === Number.POSITIVE_INFINITY;
    return show(
      c,
      id,
      newest,
      customerPage({ status: look.status, history, incidents, suspected, onOwnPath, domain, now: now() }),
    );
  });

  pages.get("/incidents", logIn, async (c) =>
    show(c, "Incidents", true, incidentsPage(await reader.visibleTo(c.var.viewer), now())),
  );

  pages.get("/incidents/:id", logIn, async (c) => {
    const id = c.req.param("id");
    const { viewer } = c.var;
    const { incidents } = await reader.visibleTo(viewer);
    const incident = incidents.find((one) => one.id === id);
    if (incident === undefined) return problem(c, 404, `There is no incident '${id}', or you may not see it.`);
    const mayAcknowledge = viewer.kind === "operator";
    const relatives = relativesOf(incident, incidents);
    return show(c, id, false, incidentPage({ incident, relatives, mayAcknowledge, now: now() }));
  });

  pages.post("/incidents/:id/acknowledge", logIn, async (c) => {
    const id = c.req.param("id");
    const incident = await reader.incident(c.var.viewer, id);
    if (incident === undefined) return problem(c, 404, `There is no incident '${id}', or you may not see it.`);
    if (c.var.viewer.kind !== "operator") return problem(c, 403, "Only the operator acknowledges incidents.");
    const form = await c.req.parseBody();
    const by = typeof form.by === "string" ? form.by.trim().slice(0, 80) : "";
    await reader.acknowledge(incident, by === "" ? "operator" : by);
    return c.redirect(incidentPath(id), 303);
  });

  return pages;
}
