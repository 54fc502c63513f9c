/** Some of the machines behind the address offer no TLS. */

import { nobody } from "../answering.ts";
import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw, unknown } from "./flaw.ts";

export const intermittent: SeenFlaw = {
  name: "intermittent",
  code: "starttls.intermittent",
  look({ scan }) {
    const { answering = nobody, target } = scan;
    const { greeted, withoutTls } = answering;
    if (withoutTls > 0 && withoutTls < greeted) {
      const rate = Math.max(1, Math.round((100 * withoutTls) / greeted));
      return flawed(`${withoutTls} of ${greeted} connections without STARTTLS (${rate} %)`);
    }
    return greeted > 0 || target.tls === "implicit" ? unlessCut(scan) : unknown("no connection came to EHLO");
  },
};
