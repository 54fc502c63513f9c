/** Where `chainmail up` sends its messages: the `notify:` block of the customers file. */

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** Envelope and header sender. */
  readonly from: string;
  /** The operator's addresses; contacts of customers come in addition. */
  readonly to: readonly string[];
  readonly user: string | null;
  readonly password: string | null;
  /** `required`: no message leaves in clear or to a server that can't prove its name; `off` for a relay on loopback. */
  readonly tls: "required" | "opportunistic" | "off";
}

export interface WebhookSettings {
  readonly url: string;
  /** Sent as `Authorization: Bearer …`; null for none. */
  readonly token: string | null;
  /** Signs each message (HMAC-SHA256): text, or base64 behind `whsec_`; null for no signature. */
  readonly secret: string | null;
}

export interface PagerDutySettings {
  /** The integration key of a service. */
  readonly routingKey: string;
  /** Of the Events API. */
  readonly url: string;
}

export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/** When the operators are told what the week was like. */
export interface WeeklySettings {
  readonly day: (typeof weekdays)[number];
  /** `08:00`. */
  readonly time: string;
  /** IANA. */
  readonly zone: string;
}

export const defaultWeekly: WeeklySettings = { day: "monday", time: "08:00", zone: "UTC" };

export interface WebSettings {
  readonly webhooks: readonly WebhookSettings[];
  /** Incoming webhooks; whoever knows the URL may post. */
  readonly slack: readonly string[];
  /** Webhooks of workflows; whoever knows the URL may post. */
  readonly teams: readonly string[];
  readonly pagerduty: readonly PagerDutySettings[];
}

/** Second contacts wait as long where nothing else is said. */
export const defaultEscalationMs = 1_800_000;

/** Who is told of what nobody acknowledged in time. */
export interface EscalationSettings extends WebSettings {
  /** Ms. */
  readonly after: number;
  /** Addresses, reached by the relay of `smtp`. */
  readonly to: readonly string[];
}

export interface NotifySettings extends WebSettings {
  readonly smtp: SmtpSettings | null;
  readonly escalate: EscalationSettings | null;
  /** Customers' own contacts are told of trouble that others share too. */
  readonly shared: boolean;
  /** Of a checker outside, that one process asks for after each complete cycle; null for none. */
  readonly heartbeat: string | null;
  /** Null: nobody is told that all is well. */
  readonly weekly: WeeklySettings | null;
  /** How often everybody gets a message that is marked as a test; null: never. */
  readonly test: "monthly" | null;
}

export const noNotify: NotifySettings = {
  smtp: null,
  webhooks: [],
  slack: [],
  teams: [],
  pagerduty: [],
  escalate: null,
  shared: false,
  heartbeat: null,
  weekly: null,
  test: null,
};

export const pagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";
