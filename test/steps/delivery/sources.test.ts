import { describe, expect, it } from "vitest";
import type { Circle, Member } from "../../../lib/model/circle.ts";
import { createCircleBuilder } from "../../../lib/steps/circle-build.ts";
import { createSources, type Source } from "../../../lib/steps/delivery/sources.ts";
import { customerOf } from "../../fakes/customers.ts";

const target = "192.0.2.1:25";
const source: Source = { kind: "circle", target, needs: [], names: [] };

function circleOf(from: number, to: number): Circle {
  const builder = createCircleBuilder();
  for (let at = from; at < to; at++) {
    const contacts = [{ email: `it@c${at}.example`, sms: null }];
    builder.add(target, customerOf(`c${at}`, { contacts }), at % 2 === 0 ? "even" : "odd", "mx.example");
  }
  const circle = builder.circleOf(target);
  if (circle === undefined) throw new Error("nobody shares it");
  return circle;
}

/** As the store keeps it: pages of a former circle are gone. */
function stateWith(circle: Circle) {
  const stands = { circle, reads: 0 };
  const state = {
    circle: async () => stands.circle.head,
    circlePage: async (_: string, id: string) => {
      stands.reads++;
      const at = stands.circle.head.pages.findIndex((page) => page.id === id);
      return stands.circle.pages[at];
    },
    shown: async () => [],
  };
  return { stands, sources: createSources({ state, contactsOf: async () => [] }) };
}

const keysOf = (members: readonly Member[]) => members.map(({ key }) => key);

async function walked(next: (after: string) => Promise<readonly Member[]>): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const found = await next(keys.at(-1) ?? "");
    if (found.length === 0) return keys;
    keys.push(...keysOf(found));
  }
}

describe("members behind a shared target", () => {
  const circle = circleOf(0, 3_000);
  const all = keysOf(circle.pages.flat());

  it("come in order, each once, over all pages", async () => {
    const { sources, stands } = stateWith(circle);
    expect(circle.pages.length).toBeGreaterThan(5);
    expect(await walked((after) => sources.next(source, after, 70))).toEqual(all);
    // A page is read for each step and each of its borders, and not the whole circle.
    expect(stands.reads).toBeLessThan(4 * circle.pages.length + 3_000 / 70);
  });

  it("come as far as their customers suffer", async () => {
    const { sources } = stateWith(circle);
    const some: Source = { ...source, needs: ["even"] };
    const found = await walked((after) => sources.next(some, after, 70));
    expect(found).toHaveLength(1_500);
    expect(found).toContain("mail it@c2.example 0");
    expect(await sources.member(some, "mail it@c3.example 0")).toBeUndefined();
    expect(await sources.member(some, "mail it@c4.example 0")).toMatchObject({ shares: [{ need: "even" }] });
  });

  it("go on behind the same key where the circle is another by then", async () => {
    const { sources, stands } = stateWith(circle);
    const first = keysOf(await sources.next(source, "", 1_000));
    stands.circle = circleOf(500, 3_500);
    const rest = await walked((after) => sources.next(source, after === "" ? (first.at(-1) ?? "") : after, 70));
    const now = keysOf(stands.circle.pages.flat());
    expect(rest).toEqual(now.filter((key) => key > (first.at(-1) ?? "")));
  });

  it("are none where nobody shares it", async () => {
    const { sources } = stateWith({ head: { digest: "", pages: [], waits: [] }, pages: [] });
    expect(await sources.next(source, "", 10)).toEqual([]);
    expect(await sources.member(source, "mail a 0")).toBeUndefined();
  });
});
