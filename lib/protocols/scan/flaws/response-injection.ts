/** Plaintext behind the 220 to STARTTLS, which clients with CVE-2021-38371 take for an answer given under TLS. */

import { nobody } from "../answering.ts";
import { flawed, type SeenFlaw, sound, unknown } from "./flaw.ts";

export const responseInjection: SeenFlaw = {
  name: "response-injection",
  code: "starttls.response-injected",
  look({ scan: { answering = nobody, target }, observation }) {
    const { greeted, injected } = answering;
    const leftover = observation?.leftover ?? null;
    if (leftover !== null) return flawed(leftover);
    if (injected > 0) return flawed(`on ${injected} of ${greeted} connections`);
    return greeted > 0 || target.tls === "implicit" ? sound() : unknown("no connection came to EHLO");
  },
};
