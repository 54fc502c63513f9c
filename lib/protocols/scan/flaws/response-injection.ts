/** Plaintext behind the 220 to STARTTLS, which clients with CVE-2021-38371 take for an answer given under TLS. */

import { nobody } from "../answering.ts";
import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw, unknown } from "./flaw.ts";

export const responseInjection: SeenFlaw = {
  name: "response-injection",
  code: "starttls.response-injected",
  look({ scan, observation }) {
    const { answering = nobody, target } = scan;
    const { greeted, injected } = answering;
    const leftover = observation?.leftover ?? null;
    if (leftover !== null) return flawed(leftover);
    if (injected > 0) return flawed(`on ${injected} of ${greeted} connections`);
    return greeted > 0 || target.tls === "implicit" ? unlessCut(scan) : unknown("no connection came to EHLO");
  },
};
