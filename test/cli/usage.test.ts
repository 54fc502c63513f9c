import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chainmail } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "chainmail-usage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const notPem = join(folder, "not.pem");
writeFileSync(notPem, "this is no certificate");
const broken = join(folder, "broken.yaml");
writeFileSync(broken, "customers:\n  - id: acme\n    domans: [acme.example]\n");
const data = ["--data", join(folder, "data")];

describe("wrong usage: exit 64, one sentence on stderr, nothing on stdout", () => {
  it.each<[argv: readonly string[], sentence: string]>([
    [[], "a command is missing: see 'chainmail --help'"],
    [["prob", "mx.example"], "unknown command 'prob' (Did you mean probe?)"],
    [["customers"], "a command is missing: see 'chainmail --help'"],
    [["customers", "imprt", "x.yaml"], "unknown command 'imprt' (Did you mean import?)"],
    [["probe"], "missing required argument 'target'"],
    [["probe", "a.example", "b.example"], "too many arguments for 'probe'"],
    [["probe", "a.example", "--timout", "3s"], "unknown option '--timout' (Did you mean --timeout?)"],
    [["probe", "a.example", "--timeout", "3"], "expected a duration from 100ms to 10m, like 30s or 5m"],
    [["probe", "a.example", "--timeout", "0s"], "expected a duration"],
    [["probe", "a.example", "--ip", "5"], "Allowed choices are 4, 6"],
    [["probe", "a.example", "--tls", "maybe"], "Allowed choices are starttls, implicit"],
    [["probe", "a.example", "--resolver", "dns.example"], "expected an address with or without a port"],
    [["probe", "a.example", "--resolver", "192.0.2.53:99999"], "expected an address with or without a port"],
    [["probe", "a.example", "--from", "nobody"], "expected a mail address"],
    [["probe", "a.example", "--to", "a@b.example>\r\nDATA"], "expected a mail address"],
    [["up", "--url", "status.example"], "expected a URL without a path, like https://status.example"],
    [["up", "--url", "https://status.example/chainmail"], "expected a URL without a path"],
    [["up", "--url", "ftp://status.example"], "expected a URL without a path"],
    [["probe", "a.example", "--ehlo", "two words"], "expected a host name or an address literal"],
    [["probe", "a.example", "--ca", join(folder, "none.pem")], "there is no such file"],
    [["probe", "a.example", "--ca", notPem], "--ca: no certificate in it; expected PEM"],
    [["probe", "a.example", "--server-name", "192.0.2.1"], "--server-name: '192.0.2.1': expected a host name"],
    [["probe", "127.0.0.1"], "127.0.0.1 is in 127.0.0.0/8 (loopback"],
    [["probe", "10.1.2.3:25"], "10.1.2.3 is in 10.0.0.0/8 (private"],
    [["probe", "[::ffff:10.0.0.1]:25"], "is in 10.0.0.0/8 (private"],
    [["probe", "169.254.169.254", "--allow-private"], "(cloud metadata"],
    [["probe", "2130706433"], "'2130706433' is another spelling of 127.0.0.1"],
    [["probe", "0x7f.1"], "'0x7f.1' is another spelling of 127.0.0.1"],
    [["probe", "localhost"], "'localhost' is another spelling of 127.0.0.1"],
    [["probe", "mx.example:80"], "port 80 is not a mail port"],
    [["probe", "mx.example:99999"], "port must be 1–65535"],
    [["probe", "mx example"], "is not a host name"],
    [["probe", "192.0.2.1", "--mx"], "is an address; expected a domain"],
    [["check", "acme.example", "--tls-mode", "off"], "Allowed choices are enabled, disabled, enforced"],
    [["check", "acme.example", "--require", "lots"], "Allowed choices are none, tls, verified"],
    [["check", "acme.example", "--gateway", "192.0.2.1"], "--gateway"],
    [["check", "acme.example", "--downstream", "mail.acme.example:0"], "port must be 1–65535"],
    [["up", "--every", "0s"], "expected a duration from 1s to 1h"],
    [["cost", "--customers", "100,many"], "expected a whole number from 1 to 10000000"],
    [["cost", "--egress", "nat"], "Allowed choices are none, nat-gateway, nat-instance"],
    [["cost", "--every", "5s"], "expected a duration from 1m to 1h"],
    [["verify", "--data", join(folder, "typo")], `--data: there is no folder '${join(folder, "typo")}'`],
    [["export", "--data", join(folder, "typo")], "--data: there is no folder"],
    [["incidents", "--data", join(folder, "typo")], "--data: there is no folder"],
    [["up", "--port", "99999"], "expected a port from 0 to 65535"],
    [["up", "--customers", join(folder, "none.yaml"), ...data], "there is no such file"],
    [["customers", "import"], "missing required argument 'file'"],
    [["customers", "import", join(folder, "none.yaml"), ...data], "there is no such file"],
    [["customers", "import", folder, ...data], "can't be read: it is a folder"],
    [["customers", "remove", "nobody", ...data], "'nobody': there is no such customer"],
    [["incidents", "ack", "CM-0000", ...data], "'CM-0000': there is no such incident"],
    [["status", "nobody", ...data], "'nobody': there is no such customer"],
    [["token", "create", "--customer", "nobody", ...data], "'nobody': there is no such customer"],
    [["token", "revoke", "cm_nothing", ...data], "there is no such token"],
    [["notify", ...data], "required option '--test' not specified"],
    [["doctor", "--data", notPem, "--resolver", "nowhere"], "expected an address with or without a port"],
  ])("chainmail %j", async (argv, sentence) => {
    const { code, out, err } = await chainmail(...argv);
    expect(err).toContain(sentence);
    expect(err).toMatch(/^chainmail: .+\n$/);
    expect(err.split("\n")).toHaveLength(2);
    expect(err).not.toMatch(/ {4}at /);
    expect(out).toBe("");
    expect(code).toBe(64);
  });
});

describe("a customers file with errors: exit 64, a line for each, nothing imported", () => {
  it.each([["up"], ["customers", "import"]])("chainmail %s %s", async (...command) => {
    const file = command.includes("up") ? ["--customers", broken] : [broken];
    const { code, out, err } = await chainmail(...command, ...file, ...data);
    expect(err).toMatch(/^\S*broken\.yaml:3:5: .*domans/m);
    expect(err).toMatch(/^chainmail: \S*broken\.yaml: \d+ errors?, nothing was imported$/m);
    expect(out).toBe("");
    expect(code).toBe(64);
    const { out: list } = await chainmail("customers", "list", ...data);
    expect(list).toBe("no customers\n");
  });
});
