/** The link of SNS's confirmation mail, taken apart and never followed: following it would confirm without asking for rights to unsubscribe. */

export interface ConfirmationLink {
  readonly topic: string;
  readonly region: string;
  readonly token: string;
}

const longest = 2_048;
const host = /^sns\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;
const topicArn = /^arn:aws(?:-[a-z]+)*:sns:([a-z0-9-]{1,30}):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;
const tokenText = /^[0-9a-zA-Z]{32,1024}$/;

/** Undefined for anything but SNS's own link: `https://sns.REGION.amazonaws.com/confirmation.html?TopicArn=…&Token=…&Endpoint=…`. */
export function parseConfirmationLink(text: string): ConfirmationLink | undefined {
  const url = text.length > longest ? null : URL.parse(text.trim());
  if (url === null || url.protocol !== "https:" || url.port !== "" || url.username !== "" || url.password !== "")
    return undefined;
  const region = host.exec(url.hostname)?.[1];
  const [topic, ...topics] = url.searchParams.getAll("TopicArn");
  const [token, ...tokens] = url.searchParams.getAll("Token");
  const action = url.searchParams.get("Action") ?? "ConfirmSubscription";
  if (region === undefined || topic === undefined || token === undefined) return undefined;
  if (topics.length > 0 || tokens.length > 0 || action !== "ConfirmSubscription") return undefined;
  if (url.pathname !== "/" && url.pathname !== "/confirmation.html") return undefined;
  if (topicArn.exec(topic)?.[1] !== region || !tokenText.test(token)) return undefined;
  return { topic, region, token };
}
