/** The whole way on the deployed stack: customers by the command line, a look, an incident, and who is told of it. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsStore, openAws } from "../../lib/store/aws.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";
import {
  alertsTopic,
  chainmail,
  feed,
  publish,
  redeploy,
  runStep,
  stack,
  type Tap,
  tap,
  textsTo,
  topicOf,
  until,
} from "./lab.ts";

const minute = 60_000;
const contact = "+15005550007";
/** Of this file's servers: where rights are tried the same customer is told of samples. */
const texts = async () => (await textsTo(contact)).filter((text) => text.includes("127.0.0.1"));

let folder: string;
let acme: FakeMailServer;
let globex: FakeMailServer;
let aws: AwsStore;
let taps: Readonly<Record<"all" | "globex" | "openings" | "phones" | "second", Tap>>;
let drill: ReturnType<typeof chainmail>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-aws-"));
  [acme, globex] = await Promise.all([startMailServer(), startMailServer()]);
  aws = await openAws(stack);
  taps = {
    all: await tap("all", alertsTopic),
    globex: await tap("globex", alertsTopic, { customer: ["globex"] }),
    openings: await tap("openings", alertsTopic, { kind: ["opened"] }),
    phones: await tap("phones", await topicOf("Phones")),
    second: await tap("second", await topicOf("Second")),
  };
});

afterAll(async () => {
  await Promise.all([acme.close(), globex.close(), aws.close()]);
  await rm(folder, { recursive: true, force: true });
});

const keyOf = ({ port }: FakeMailServer) => `127.0.0.1:${port}`;
const of = (subject: string) => (told: Awaited<ReturnType<Tap>>) =>
  told.filter((one) => one.event.data.subject === subject);

describe("the stack, deployed", { timeout: 15 * minute }, () => {
  it("takes customers from the command line", async () => {
    const file = join(folder, "customers.yaml");
    await writeFile(
      file,
      [
        "notify: { escalate: { after: 1m, to: [boss@example.com] } }",
        "policy: { cleanFor: 1m }",
        "customers:",
        `  - { id: acme, downstream: ["${keyOf(acme)}"], allowPrivate: true, contacts: ["${contact}"] }`,
        `  - { id: globex, downstream: ["${keyOf(globex)}"], allowPrivate: true }`,
      ].join("\n"),
    );
    expect(await chainmail("customers", "import", file)).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await chainmail("customers", "list");
    expect(stdout.trim().split("\n").sort()).toEqual([
      expect.stringMatching(/^acme +127/),
      expect.stringMatching(/^globex +127/),
    ]);
  });

  it("looks at their servers, from the schedule to the store", async () => {
    const now = Date.now();
    expect(await runStep("Resolve", now)).toBeNull();
    expect(await runStep("Plan", now)).toBeNull();
    await until("a look at both", 90_000, async () => {
      const looks = await Promise.all([acme, globex].map((server) => aws.store.state.target(keyOf(server), "here")));
      return looks.every((look) => look !== undefined) ? looks : undefined;
    });
    expect(await taps.all()).toEqual([]);
  });

  it("tells of a hop without STARTTLS once: each topic, and the customer's own phone", async () => {
    drill = chainmail("drill", "globex", "--json");
    acme.set({ starttls: false });
    // Nobody runs anything from here on: the scheduler does.
    const [told] = await until("a message", 4 * minute, async () => {
      const got = of(keyOf(acme))(await taps.all());
      return got.length > 0 ? got : undefined;
    });
    expect(told?.attributes).toMatchObject({ class: "cleartext", kind: "opened", hop: "downstream", customer: "acme" });
    expect(told).toMatchObject({
      subject: expect.stringContaining("TLS lost: 127.0.0.1, cleartext, 1 customer"),
      attributes: { id: told?.event.id, severity: "critical" },
      event: {
        type: "chainmail.incident.opened",
        source: alertsTopic,
        data: { kind: "opened", class: "cleartext", customer: "acme", drill: false },
      },
    });
  });

  it("plays a drill to its end", async () => {
    const { code, stdout, stderr } = await drill;
    expect([code, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout) as { readonly stages: readonly { readonly what: string }[] };
    expect(report).toMatchObject({ of: "globex", missing: [], failure: null });
    expect(report.stages.map(({ what }) => what).filter((what) => what.startsWith("told"))).toEqual([
      "told sns:operators",
      "told sns:phones",
      "told sns:operators",
      "told sns:phones",
    ]);
  });

  it("told each subscriber what its filter policy lets through, and nothing twice", async () => {
    // The topics are told one after the other, the customer's phone last.
    await until("a text", 3 * minute, async () => ((await texts()).length > 0 ? true : undefined));
    expect(await runStep("Tick", Date.now())).toBeNull();
    expect(await feed("Notify", { v: 1 })).toEqual({ batchItemFailures: [] });
    // Nobody acknowledged it: a minute later second contacts are told, by a topic of their own.
    await until("an escalation", 3 * minute, async () => ((await taps.second()).length > 0 ? true : undefined));
    const [second, all, ofGlobex, openings, phones] = await Promise.all([
      taps.second(),
      taps.all(),
      taps.globex(),
      taps.openings(),
      taps.phones(),
    ]);
    const words = (told: typeof all) =>
      told.map(({ attributes: { kind, customer, drill } }) => `${kind} ${customer} ${drill ?? "real"}`).sort();
    expect(words(all)).toEqual(["opened acme real", "opened globex true", "recovered globex true"]);
    expect(words(ofGlobex)).toEqual(["opened globex true", "recovered globex true"]);
    expect(words(openings)).toEqual(["opened acme real", "opened globex true"]);
    expect(words(phones)).toEqual(words(all));
    expect(words(second)).toEqual(["escalated acme real"]);
    expect(await texts()).toEqual([expect.stringContaining("TLS lost: 127.0.0.1, cleartext, 1 customer")]);
  });

  it("goes on when it is deployed anew in the middle of an incident, and tells of its end, once", async () => {
    const [opened] = of(keyOf(acme))(await taps.all());
    // Functions, a queue's consumer and logs change under what is open.
    const { code, stderr } = await redeploy("-c", "ehlo=probe.example.com", "-c", "logDays=60");
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    const acknowledged = await chainmail("incidents", "ack", opened?.attributes.incident ?? "", "--by", "ops");
    expect(acknowledged).toMatchObject({ code: 0, stderr: "" });
    acme.set({ starttls: true });
    await until("a recovery", 4 * minute, async () => {
      const kinds = of(keyOf(acme))(await taps.all()).map(({ attributes: { kind } }) => kind);
      return kinds.includes("recovered") ? kinds : undefined;
    });
    expect(await runStep("Tick", Date.now())).toBeNull();
    expect(await feed("Notify", { v: 1 })).toEqual({ batchItemFailures: [] });
    const told = of(keyOf(acme))(await taps.all());
    expect(told.map(({ attributes: { kind, incident } }) => [kind, incident])).toEqual([
      ["opened", opened?.attributes.incident],
      ["recovered", opened?.attributes.incident],
    ]);
  });

  describe("it is the filter policy that keeps a message from a subscriber", () => {
    it.each([
      ["globex", { customer: ["globex"] }, { customer: "acme", kind: "opened" }],
      ["openings", { kind: ["opened"] }, { customer: "acme", kind: "recovered" }],
    ] as const)("%s: without its policy it gets the other message too", async (name, policy, other) => {
      const arrives = async (to: Tap, id: string) =>
        until(`${id} at the tap`, 3 * minute, async () => ((await got(to, id)) ? true : undefined));
      const got = async (from: Tap, id: string) => (await from()).some(({ subject }) => subject === id);
      await publish(alertsTopic, `${name} filtered`, other);
      await arrives(taps.all, `${name} filtered`);
      expect(await got(taps[name], `${name} filtered`)).toBe(false);
      await taps[name].refilter(null);
      await publish(alertsTopic, `${name} open`, other);
      await arrives(taps[name], `${name} open`);
      await taps[name].refilter(policy);
      await publish(alertsTopic, `${name} filtered again`, other);
      await arrives(taps.all, `${name} filtered again`);
      expect(await got(taps[name], `${name} filtered again`)).toBe(false);
    });
  });
});
