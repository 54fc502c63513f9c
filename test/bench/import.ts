/** A large customers file into the embedded store on disk, as the command does it. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measuredInChild } from "./child.ts";
import { atMost, type Figure } from "./figure.ts";
import type { ImportCost, ImportTask } from "./import-run.ts";

/** What the same import with four times the customers may take more of, and still be called flat. */
const flat = 2;

export async function importFigures(folder: string): Promise<readonly Figure[]> {
  const small = await importOf(2_500, folder);
  const large = await importOf(10_000, folder);
  const seconds = large.wallMs / 1_000;
  return [
    atMost("10,000 customers imported", seconds, 20, "s", `embedded store on disk, peak ${large.peakMB.toFixed(0)} MB`),
    atMost(
      "… its peak memory against that of 2,500",
      large.peakMB / small.peakMB,
      flat,
      "×",
      `${large.peakMB.toFixed(0)} MB : ${small.peakMB.toFixed(0)} MB`,
    ),
  ];
}

async function importOf(count: number, folder: string): Promise<ImportCost> {
  const file = join(folder, `customers-${count}.yaml`);
  await writeFile(file, customersFile(count));
  const cost = await measuredInChild<ImportTask, ImportCost>("import-run.ts", {
    file,
    data: join(folder, `data-${count}`),
  });
  if (cost.code !== 0) throw new Error(`the import of ${count} customers ended with ${cost.code}`);
  return cost;
}

function customersFile(count: number): string {
  const customers = Array.from({ length: count }, (_, index) => {
    const name = `customer-${index}`;
    return `  - id: ${name}
    created: 2015-03-01
    gateway: gateway
    domains: [{ name: ${name}.example, tlsMode: enabled }, ${name}.test]
    downstream: [{ host: mail.${name}.example, port: 25 }]
    require: { gateway: tls, downstream: verified }
    contacts: [{ email: it@${name}.example }]
`;
  });
  return `gateways:\n  - { id: gateway, hosts: [mx1.gateway.example, mx2.gateway.example] }\ncustomers:\n${customers.join("")}`;
}
