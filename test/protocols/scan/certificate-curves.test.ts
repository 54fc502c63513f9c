import { describe, expect, it } from "vitest";
import { type Answer, inquire } from "../../../lib/protocols/scan/question.ts";
import { groupsOf, suitesOf } from "../../../lib/protocols/scan/suites-of.ts";
import { curveOf } from "../../../lib/protocols/tls/certificate-curve.ts";
import { noKey } from "../../../lib/protocols/tls/messages.ts";
import { selfSigned } from "../../fakes/certificates.ts";

const tls12 = 0x0303;
const [suite, brainpool256, brainpool384, p256] = [0xc02c, 26, 27, 23] as const;

/** Its key is on brainpoolP256r1, and it signs itself. */
const leaf = Buffer.from(
  `
  MIIBbzCCARagAwIBAgIUTyJPTKq0xLWSb9HzL9SnZDaKMcowCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYjAgFw0yNjExMjUxMzAzNTdaGA8yMT
  I2MTEwMTEzMDM1N1owDDEKMAgGA1UEAwwBYjBaMBQGByqGSM49AgEGCSskAwMCCAEBBwNCAAR23Awvoo+y/hKkK2T0rfJJwTDP6q39YfDr/rGY
  9XcCjZUTckjFQnR7oSFP+cx+Tk6MUmgThZ3PtPKspJMSCdDDo1MwUTAdBgNVHQ4EFgQUQqpzD+pQcmKKf8dlk6kXUNAXBaMwHwYDVR0jBBgwFo
  AUQqpzD+pQcmKKf8dlk6kXUNAXBaMwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAcpHoAJkIHSyIxIAaHSPa5PdMtfH9E9aEo
  IfE59ed9WwIgRC+KDD7mkvKvyoVzG0hzqTu/zPq7A50xccXq05CnvJ0=
`,
  "base64",
);

/** ECDSA alone; takes the client's order of groups, and needs the curve of its key to be named. */
function answerTo(offered: readonly number[], suites: readonly number[]): Answer {
  const code = offered.find((group) => group === brainpool256 || group === brainpool384);
  if (code === undefined || !offered.includes(brainpool256) || !suites.includes(suite)) {
    return { kind: "refused", how: "handshake_failure" };
  }
  return {
    kind: "chosen",
    hello: { version: tls12, suite, retry: false, compression: 0, sessionId: new Uint8Array(0), extensions: new Map() },
    key: { ...noKey, group: "brainpool", code },
    certificates: [leaf],
  };
}

describe("the curve of a certificate", () => {
  it("is known by its group's code point", async () => {
    const [ec, rsa] = await Promise.all([selfSigned({ key: "ec" }), selfSigned({ key: "rsa2048" })]);
    expect([leaf, ec.der, rsa.der, Buffer.from("none")].map(curveOf)).toEqual([
      brainpool256,
      p256,
      undefined,
      undefined,
    ]);
  });

  it("is named along, so that groups behind it are found", async () => {
    const found = await inquire(
      suitesOf({ version: tls12, suites: [suite, 0xc02b], groupsToo: true }),
      async ({ groups, suites }) => answerTo(groups, suites),
    );
    expect(found).toMatchObject({ suites: [suite] });
    const { groups: more } = await inquire(
      groupsOf(tls12, [suite], found.groups, [brainpool256]),
      async ({ groups, suites }) => answerTo(groups, suites),
    );
    expect([...found.groups, ...more]).toEqual([brainpool256, brainpool384]);
  });
});
