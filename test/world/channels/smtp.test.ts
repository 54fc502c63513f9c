import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { SmtpSettings } from "../../../lib/model/notify-settings.ts";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { createMailer, mailerOf } from "../../../lib/world/channels/smtp.ts";
import { alert } from "../../fakes/causes.ts";
import { type Issued, issue, makeCa } from "../../fakes/certificates.ts";

const letter = { ...draftOf(alert(), null), to: "smtp" };
let relay: Issued;
let server: SMTPServer | undefined;
let mails: string[];

beforeAll(async () => {
  const ca = await makeCa({ name: "Lab root" });
  relay = await issue(ca, { names: ["localhost"] });
});
afterEach(async () => {
  await new Promise<void>((resolve) => (server ? server.close(resolve) : resolve()));
  server = undefined;
});

async function start(options: SMTPServerOptions = {}): Promise<number> {
  mails = [];
  server = new SMTPServer({
    key: relay.keyPem,
    cert: relay.chainPem,
    authOptional: true,
    logger: false,
    onData(stream, _session, done) {
      void text(stream).then((mail) => {
        mails.push(mail);
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return (server.server.address() as AddressInfo).port;
}

const settings = (port: number, over: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: "localhost",
  port,
  from: "chainmail@monitor.example",
  to: [],
  user: null,
  password: null,
  tls: "required",
  ...over,
});
const channel = (port: number, over: Partial<SmtpSettings> = {}, to = "ops@example.net") =>
  createMailer(settings(port, over), [relay.caPem])(to);

const refusal = (responseCode: number) => Object.assign(new Error("no such user"), { responseCode });

describe("mail", () => {
  it("goes out by TLS, as plain text, with an id that a repeat has too", async () => {
    const mail = channel(await start());
    expect(mail.name).toBe("smtp:ops@example.net");
    expect(await mail.deliver(letter)).toEqual({ kind: "sent" });
    await mail.deliver(letter);
    expect(mails[0]).toContain("Subject: [CM-7F3A.1] TLS lost: mx1.gateway.example, cleartext, 3 customers");
    expect(mails[0]).toContain("To: ops@example.net");
    expect(mails[0]).toMatch(/^Content-Type: text\/plain/m);
    expect(mails[0]).toContain("Auto-Submitted: auto-generated");
    for (const each of mails) expect(each).toContain("Message-ID: <CM-7F3A.1@monitor.example>");
  });

  it("never goes in clear to a relay that offers no TLS", async () => {
    const delivery = await channel(await start({ disabledCommands: ["STARTTLS"] })).deliver(letter);
    expect(delivery).toMatchObject({ kind: "later" });
    expect(mails).toEqual([]);
  });

  it("never goes to a relay that can't prove its name", async () => {
    const port = await start();
    expect(await createMailer(settings(port))("ops@example.net").deliver(letter)).toMatchObject({ kind: "later" });
    expect(await channel(port, { host: "127.0.0.1" }).deliver(letter)).toMatchObject({ kind: "later" });
    expect(mails).toEqual([]);
  });

  it("goes in clear to a relay on loopback where the operator says so", async () => {
    const port = await start({ disabledCommands: ["STARTTLS"] });
    expect(await channel(port, { tls: "off" }).deliver(letter)).toEqual({ kind: "sent" });
  });

  it("takes whatever TLS there is where the operator says so", async () => {
    const port = await start();
    const mail = createMailer(settings(port, { tls: "opportunistic", host: "127.0.0.1" }))("ops@example.net");
    expect(await mail.deliver(letter)).toEqual({ kind: "sent" });
  });

  it.each([
    [550, "never"],
    [450, "later"],
  ])("to a recipient that is refused with %i: %s", async (code, kind) => {
    const port = await start({ onRcptTo: (_address, _session, done) => done(refusal(code)) });
    expect(await channel(port).deliver(letter)).toMatchObject({ kind, why: expect.stringContaining("no such user") });
  });

  it("with a wrong password is tried later: it can be mended meanwhile", async () => {
    const port = await start({ authOptional: false, onAuth: (_auth, _session, done) => done(refusal(535)) });
    expect(await channel(port, { user: "monitor", password: "wrong" }).deliver(letter)).toMatchObject({
      kind: "later",
    });
  });

  it("to a relay that is down is tried later", async () => {
    const port = await start();
    await new Promise<void>((resolve) => server?.close(resolve));
    server = undefined;
    expect(await channel(port).deliver(letter)).toMatchObject({ kind: "later" });
  });

  it("doesn't wait for ever for a relay that drips", async () => {
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
    const port = await start();
    expect(await channel(port).deliver(letter)).toMatchObject({ kind: "later" });
    vi.restoreAllMocks();
  });

  it("can't be given further headers by an address or a subject", async () => {
    const port = await start();
    const evil = { ...letter, id: "CM-1·1\r\nBcc: all@example.net", subject: "hello\r\nBcc: all@example.net" };
    await channel(port, {}, "ops@example.net\r\nBcc: all@example.net").deliver(evil);
    for (const each of mails) expect(each).not.toMatch(/^Bcc:/im);
    await channel(port).deliver(evil);
    expect(mails.at(-1)).not.toMatch(/^Bcc:/im);
    expect(mails.length).toBeGreaterThan(0);
  });
});

describe("a contact's mail", () => {
  const link = `https://status.example/unsubscribe/${"a".repeat(400)}.${"b".repeat(43)}`;
  const sent = async (unsubscribe: string | null) => {
    const mailer = createMailer(settings(await start()), [relay.caPem]);
    expect(await mailer("it@acme.example", { customer: "acme", unsubscribe }).deliver(letter)).toEqual({
      kind: "sent",
    });
    const [mail = ""] = mails;
    const [head = ""] = mail.split("\r\n\r\n");
    return { mail, headers: head.replace(/\r\n[ \t]+/g, " ").split("\r\n") };
  };

  it("says how it is ended, in a header and at its foot, in one click where that is allowed", async () => {
    const { mail, headers } = await sent(link);
    // A mail program that doesn't unfold finds the whole link too.
    expect(mail).toContain(`<${link}>`);
    expect(headers).toContain(`List-Unsubscribe: <${link}>`);
    expect(headers).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    const text = mail.replace(/=\r\n/g, "").replaceAll("=20", " ");
    expect(text).toContain(
      "\r\n-- \r\nYou are told as a contact of acme.\r\nTo get no more of these messages (you are asked first):\r\n",
    );
    expect(text).toContain(link);
  });

  it("has no one click by plain HTTP (RFC 8058 §3.1)", async () => {
    const { headers } = await sent("http://127.0.0.1:8025/unsubscribe/x.y");
    expect(headers).toContain("List-Unsubscribe: <http://127.0.0.1:8025/unsubscribe/x.y>");
    expect(headers.filter((line) => line.startsWith("List-Unsubscribe-Post"))).toEqual([]);
  });

  it("without pages names who can end it", async () => {
    const { mail, headers } = await sent(null);
    expect(headers.filter((line) => line.startsWith("List-"))).toEqual([]);
    expect(mail).toContain("To get no more of these messages, tell whoever runs this monitor");
  });

  it("the operator's has none of it", async () => {
    await channel(await start()).deliver(letter);
    expect(mails[0]).not.toContain("List-");
    expect(mails[0]).not.toContain("You are told as");
  });
});

describe("a mailer for many", () => {
  it("waits once a pass for a relay that doesn't answer, whomever a mail is for", async () => {
    let connections = 0;
    const port = await start({
      onConnect(_session, done) {
        connections++;
        done(Object.assign(new Error("too busy"), { responseCode: 421 }));
      },
    });
    const mailer = createMailer(settings(port), [relay.caPem]);
    const answers = [await mailer("a@acme.example").deliver(letter), await mailer("b@acme.example").deliver(letter)];
    expect(answers.map(({ kind }) => kind)).toEqual(["later", "later"]);
    expect(answers[1]).toEqual(answers[0]);
    expect(connections).toBe(1);
    await createMailer(settings(port), [relay.caPem])("c@acme.example").deliver(letter);
    expect(connections).toBe(2);
  });

  it("what the relay says of one recipient concerns nobody else", async () => {
    const port = await start({
      onRcptTo({ address }, _session, done) {
        if (address.startsWith("gone")) done(refusal(550));
        else if (address.startsWith("grey")) done(refusal(451));
        else done();
      },
    });
    const mailer = createMailer(settings(port), [relay.caPem]);
    const kinds: string[] = [];
    for (const to of ["gone@acme.example", "grey@acme.example", "it@acme.example"])
      kinds.push((await mailer(to).deliver(letter)).kind);
    expect(kinds).toEqual(["never", "later", "sent"]);
  });

  it("is none without a relay", () => {
    expect(mailerOf({ smtp: null })).toBe(null);
  });
});
