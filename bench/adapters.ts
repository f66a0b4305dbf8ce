/**
 * npm run bench:adapters -- [--json] [--ms 500]
 *
 * What the adapters compute, without network or store: build and read of a submit for each, public-key cryptography apart, held against
 * 200 microseconds; and whether a look-up in the registry grows with its entries. The last line is JSON, and with `--json` the only one.
 */
import { parseArgs } from 'node:util';
import type { SubmitCost } from './adapter-cost.ts';
import { lookupRatio, submitCost } from './adapter-cost.ts';
import { asymmetricNs, meterAsymmetric, recallResults } from './asymmetric.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, ms: { type: 'string', default: '500' } } });
const LIMIT_US = 200;
/** How many funders more than protocols there may be one day. */
const MORE = 200;
const say = (line: string): void => void (values.json || console.log(line));

await meterAsymmetric();
const { adapters } = await import('../adapters/registry.ts');
const costs: SubmitCost[] = [];
say('adapter            submit us   asymmetric us     rest us');
for (const adapter of adapters.values()) {
  const cost = await submitCost(adapter, Number(values.ms), { asymmetricNs, recallResults });
  costs.push(cost);
  const figures = [cost.submit_us, cost.asymmetric_us, cost.rest_us].map((us) => us.toFixed(1).padStart(12));
  say(`${cost.adapter.padEnd(16)}${figures.join('')}${cost.rest_us > LIMIT_US ? `   over ${LIMIT_US}` : ''}`);
}
const lookup = lookupRatio(adapters, MORE, 200);
say(`look-up among ${adapters.size}: ${lookup.ns} ns; among ${adapters.size + MORE}: ${lookup.ns_more} ns; ratio ${lookup.ratio}`);
const within = costs.every(({ rest_us: us }) => us <= LIMIT_US);
console.log(JSON.stringify({ limit_us: LIMIT_US, within, adapters: costs, lookup: { entries: [adapters.size, adapters.size + MORE], ...lookup } }));
