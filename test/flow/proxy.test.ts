/** Behind a proxy of our own network every borrower has its address: that tells nothing of anybody. */
import { expect, it } from 'vitest';
import { recordVisit, VISITS_PER_HOUR } from '../../src/flow/record-visit.ts';
import { createApplication } from '../../src/flow/save-application.ts';
import { makeWorld } from '../world.ts';

it('visits are counted without an end, and applications are not taken for those of one address', async () => {
  const world = await makeWorld();
  const { deps } = world.service;
  const live = { ...deps, mode: 'live' as const };
  const visit = { channelId: 'h5-demo', variant: null };
  const refused = [];
  for (let n = 0; n < VISITS_PER_HOUR + 2; n += 1) refused.push(await recordVisit(live, { ...visit, visitor: `visitor-${n}`, ip: '10.0.0.2' }));
  expect(refused.filter((each) => each !== null)).toEqual([]);
  for (const [ip, n] of [
    ['10.0.0.2', 0],
    ['203.0.113.9', 1],
  ] as const) {
    const phone = `1391112000${n}`;
    const input = {
      draft: true,
      applicant: { phone, phone_verification_id: 'pv_sandbox', assets: {} },
      request: {},
      visit: {},
      documents: [],
      consents: [],
    };
    const caller = { channelId: 'h5-demo', keyId: 'k', publishable: true, ip, userAgent: null };
    await createApplication(deps, input as never, caller, 'zh', () => undefined);
    expect([ip, world.db.all('SELECT id FROM applications WHERE ip_index IS NOT NULL').length]).toEqual([ip, n]);
  }
  await world.close();
});
