/** The monthly test: nothing is wrong, and whoever reads it is reached. */

import type { Draft } from "./letter.ts";

/** `month` like `2026-11`; `at` in epoch ms; `customer` is whose contact it goes to, null for the operator. */
export function testDraft(month: string, at: number, customer: string | null, baseUrl: string | null): Draft {
  const id = `CM-TEST-${month}`;
  const title = "TEST, nothing is wrong: messages of the mail monitor reach you";
  const text = [
    "This is the monthly test, and nothing is wrong. Whoever reads it is reached when something is.",
    "",
    "What to do:",
    "  Nothing. When a month goes by without it, tell the operator of the monitor.",
    "",
    `Test ${id}`,
    ...(baseUrl === null ? [] : [baseUrl]),
    "",
  ].join("\n");
  const time = new Date(at).toISOString();
  return {
    id,
    subject: `[${id}] ${title}`,
    text,
    sms: `${id} ${title}`,
    attributes: { class: "test", kind: "report", severity: "info", ...(customer !== null && { customer }) },
    event: {
      id,
      incident: id,
      incidents: [id],
      kind: "report",
      class: "test",
      drill: false,
      severity: "info",
      subject: "fleet",
      host: "fleet",
      hop: null,
      customers: customer === null ? 0 : 1,
      customer,
      since: time,
      at: time,
      url: baseUrl,
      text,
    },
  };
}
