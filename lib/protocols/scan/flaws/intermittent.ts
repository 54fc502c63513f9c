/** Some of the machines behind the address offer no TLS. */

import { nobody } from "../answering.ts";
import { flawed, type SeenFlaw, sound, unknown } from "./flaw.ts";

export const intermittent: SeenFlaw = {
  name: "intermittent",
  code: "starttls.intermittent",
  look({ scan: { answering = nobody, target } }) {
    const { greeted, withoutTls } = answering;
    if (withoutTls > 0 && withoutTls < greeted) {
      const rate = Math.max(1, Math.round((100 * withoutTls) / greeted));
      return flawed(`${withoutTls} of ${greeted} connections without STARTTLS (${rate} %)`);
    }
    return greeted > 0 || target.tls === "implicit" ? sound() : unknown("no connection came to EHLO");
  },
};
