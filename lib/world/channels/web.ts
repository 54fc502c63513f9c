/** The channels of a customers file's `notify` block that are web services. */

import type { WebSettings } from "../../model/notify-settings.ts";
import type { Channel, Clock } from "../../model/ports.ts";
import { createPagerDutyChannel } from "./pagerduty.ts";
import { createSlackChannel } from "./slack.ts";
import { createTeamsChannel } from "./teams.ts";
import { createWebhookChannel } from "./webhook.ts";

/** `source`: the URI of this installation, for CloudEvents. */
export function webChannels(notify: WebSettings, source: string, now: Clock): readonly Channel[] {
  return [
    ...notify.webhooks.map((settings) => createWebhookChannel(settings, source, now)),
    ...notify.slack.map(createSlackChannel),
    ...notify.teams.map(createTeamsChannel),
    ...notify.pagerduty.map(createPagerDutyChannel),
  ];
}
