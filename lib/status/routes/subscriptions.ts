/** Subscriptions to the installation's topic: a list, and a form that confirms. Reading changes nothing. */

import { Hono } from "hono";
import { type KnownSubscriptions, knownTopics, subscriptionsDocument } from "../../model/subscriptions.ts";
import { parseConfirmationLink } from "../../world/confirmation-link.ts";
import type { StatusContext, StatusEnv, StatusTopic } from "../context.ts";
import { type SubscriptionsView, subscriptionsPage } from "../pages/subscriptions.ts";
import { problem } from "../problem.ts";
import { createShow } from "../show.ts";
import { needsLogIn } from "../viewer.ts";

export function subscriptionRoutes(context: StatusContext, topic: StatusTopic): Hono<StatusEnv> {
  const { store, now } = context;
  const show = createShow(context);
  const logIn = needsLogIn(context);
  const routes = new Hono<StatusEnv>();

  async function page(said: SubscriptionsView["said"]) {
    const { value } = await store.state.document<KnownSubscriptions>(subscriptionsDocument);
    const known = knownTopics(value).flatMap((one) => one.known);
    return subscriptionsPage({ topics: topic.arns, known, said, now: now() });
  }

  routes.get("/subscriptions", logIn, async (c) => {
    if (c.var.viewer.kind !== "operator") return problem(c, 403, "Only the operator sees who is subscribed.");
    return show(c, "Subscriptions", false, await page(null));
  });

  routes.post("/subscriptions", logIn, async (c) => {
    if (c.var.viewer.kind !== "operator") return problem(c, 403, "Only the operator confirms subscriptions.");
    const { link } = await c.req.parseBody();
    return show(c, "Subscriptions", false, await page(await confirmed(typeof link === "string" ? link : "", topic)));
  });

  return routes;
}

async function confirmed(text: string, topic: StatusTopic): Promise<SubscriptionsView["said"]> {
  const link = parseConfirmationLink(text);
  if (link === undefined) return { good: false, words: "This is not the link of SNS's confirmation mail." };
  if (!topic.arns.includes(link.topic))
    return { good: false, words: `This link belongs to another topic: ${link.topic}.` };
  const result = await topic.confirm(link);
  return result.kind === "confirmed"
    ? {
        good: true,
        words: "Confirmed: only who has rights on the topic can end it. The list shows it within the hour.",
      }
    : { good: false, words: `SNS didn't confirm it: ${result.why}` };
}
