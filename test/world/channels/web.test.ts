import { describe, expect, it } from "vitest";
import { noNotify } from "../../../lib/model/notify-settings.ts";
import { webChannels } from "../../../lib/world/channels/web.ts";

const secrets = ["T0/B0/x1", "sig=y2", "R0UTINGKEY"];
const notify = {
  ...noNotify,
  webhooks: [{ url: "https://hooks.example/", token: null, secret: null }],
  slack: [`https://hooks.slack.com/services/${secrets[0]}`, "https://hooks.slack.com/services/T0/B0/x9"],
  teams: [`https://prod.logic.azure.com:8443/workflows/1?${secrets[1]}`],
  pagerduty: [
    { routingKey: "R0UTINGKEY", url: "https://events.pagerduty.com/v2/enqueue" },
    { routingKey: "another", url: "https://events.pagerduty.com/v2/enqueue" },
  ],
};

describe("the web services of a customers file", () => {
  const names = webChannels(notify, "urn:chainmail", () => 0).map(({ name }) => name);

  it("are channels that can be told from one another by their names", () => {
    expect(names.map((name) => name.replace(/#[0-9a-f]{6}$/, "#"))).toEqual([
      "webhook:hooks.example#",
      "slack:hooks.slack.com#",
      "slack:hooks.slack.com#",
      "teams:prod.logic.azure.com:8443#",
      "pagerduty:events.pagerduty.com#",
      "pagerduty:events.pagerduty.com#",
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("don't show their secrets in them", () => {
    for (const secret of secrets) expect(names.join(" ")).not.toContain(secret);
  });
});
