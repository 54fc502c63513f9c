/** What is told once for several targets, and each of them, on the pages and in the API. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { loadIncidents } from "../../lib/status/incidents.ts";
import { withoutOthers } from "../../lib/status/json/incident.ts";
import { incidentPage, relativesOf } from "../../lib/status/pages/incidents.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { createLab, entryOf, every, minute, need, plain } from "../steps/lab.ts";

const count = 6;

it("a parent lists its children, and a child leads to its parent", async () => {
  const folder = await mkdtemp(join(tmpdir(), "chainmail-families-"));
  const { store, close } = await openEmbedded(folder);
  const lab = createLab(store, 1, { ...defaultPolicy, cleanFor: 2 * minute }, 5_000);
  const numbers = Array.from({ length: count }, (_, at) => at);
  await lab.put(
    numbers.map((at) =>
      entryOf(`203.0.113.${at}`, {
        names: [{ name: `mx${at}.mail.example`, since: -1_000 }],
        needs: [{ ...need, hop: "downstream", customers: 1, customer: `c${at}` }],
      }),
    ),
  );
  await lab.run(2 * every);
  for (const at of numbers) lab.servers.set(`203.0.113.${at}`, plain);
  await lab.run(2 * every);

  const now = 5 * every;
  const open = await loadIncidents(store, now);
  const parent = open.find((incident) => incident.parent !== null);
  const child = open.find((incident) => incident.within !== null);
  if (parent === undefined || child === undefined) throw new Error("no family is open");
  expect(open).toHaveLength(count + 1);
  expect(parent.parent).toEqual({ kind: "provider", label: "mail.example", children: count, suffering: count });
  expect(child.within).toBe(parent.subject);

  const children = relativesOf(parent, open);
  expect(children.map(({ customer }) => customer).toSorted()).toEqual(numbers.map((at) => `c${at}`));
  expect(relativesOf(child, open)).toEqual([parent]);

  const view = { mayAcknowledge: true, now };
  const ofParent = String(await incidentPage({ incident: parent, relatives: children, ...view }));
  expect(ofParent).toContain("Shared provider <strong>mail.example</strong>: 6 of 6 targets suffer");
  for (const { id } of children) expect(ofParent).toContain(`href="/incidents/${id}"`);
  const ofChild = String(await incidentPage({ incident: child, relatives: [parent], ...view }));
  expect(ofChild).toContain(`href="/incidents/${parent.id}"`);
  expect(ofChild).toContain("told by the incident it is within");

  expect(withoutOthers(child).parent).toBeNull();
  expect(withoutOthers(parent).parent).toBeNull();

  for (const at of numbers) lab.servers.delete(`203.0.113.${at}`);
  await lab.run(4 * every);
  const ended = await loadIncidents(store, 12 * every);
  const over = ended.find((incident) => incident.parent !== null);
  expect(over?.state).toBe("ended");
  expect(over && relativesOf(over, ended)).toHaveLength(count);
  await close();
  await rm(folder, { recursive: true, force: true });
});
