/** Each magic phone of the sandbox, over HTTP, as a channel's server would drive it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../world.ts';
import { apply, applicationFor, attemptsOf, changeRecord, startHost, until, type HostedService } from './world.ts';

let service: HostedService;
beforeAll(async () => {
  service = await startHost();
});
afterAll(async () => {
  const failed = service.statuses.filter(({ status }) => status >= 500);
  await service.close();
  // Whatever a funder does, a borrower never sees a 5xx.
  expect(failed).toEqual([]);
});

const phone = (digit: number): string => `1380000000${digit}`;
const desk = (id: unknown): Promise<Reply> => service.call('GET', `/v1/desk/applications/${id as string}`, { key: service.keys.operator });
const timelineOf = async (id: unknown): Promise<string[]> =>
  ((await desk(id)).json['timeline'] as unknown as { type: string }[]).map(({ type }) => type);
const reasonsOf = (reply: Reply): string[] => (reply.json['reasons'] as unknown as { code: string }[]).map(({ code }) => code);

describe.concurrent('phone', () => {
  it('1: approved by the first funder asked, with its cost beside the quoted rate', async () => {
    const made = await apply(service, applicationFor(phone(1)), 8);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      status: 'offered',
      reasons: [],
      client_token: expect.stringMatching(/^ct_/) as unknown,
      needs: [{ kind: 'disclosure' }],
    });
    expect(Object.values(attemptsOf(made))).toEqual(['approved']);
    const [offer] = made.json['offers'] as unknown as {
      amount_fen: number;
      term_months: number;
      quoted_apr_bps: number;
      all_in_apr_bps: number;
      plan: { total_fen: number }[];
    }[];
    expect(offer).toMatchObject({ amount_fen: 2_000_000, term_months: 12, status: 'open' });
    expect(offer!.all_in_apr_bps).toBeGreaterThanOrEqual(offer!.quoted_apr_bps);
    expect(offer!.plan).toHaveLength(12);
    expect(offer!.plan.reduce((sum, line) => sum + line.total_fen, 0)).toBeGreaterThan(2_000_000);
  });

  it('2: declined by everybody save the least strict one', async () => {
    const made = await apply(service, applicationFor(phone(2)));
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect(view.json['status']).toBe('offered');
    const { fnd_ember: ember, ...others } = attemptsOf(view);
    expect(ember).toBe('approved');
    expect(Object.keys(others).length).toBeGreaterThan(0);
    expect(Object.values(others).every((status) => status === 'declined' || status === 'ineligible')).toBe(true);
    expect(view.json['offers']).toMatchObject([{ funder: { id: 'fnd_ember' }, status: 'open' }]);
  });

  it('3: declined by everybody, and shown partner offers', async () => {
    const made = await apply(service, applicationFor(phone(3)));
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect([view.json['status'], reasonsOf(view)]).toEqual(['declined', ['all_declined']]);
    expect(Object.values(attemptsOf(view)).every((status) => status === 'declined' || status === 'ineligible')).toBe(true);
    const attempts = view.json['attempts'] as unknown as { reason: { code: string; message: string } }[];
    expect(attempts.every(({ reason }) => reason.code.startsWith('funder_') && reason.message.length > 10)).toBe(true);
    const partners = await service.call('GET', `/v1/applications/${made.json['id']}/partner-offers`, { key: service.keys.secret });
    expect(partners.json['advertising']).toBe(true);
    expect((partners.json['groups'] as unknown as unknown[]).length).toBeGreaterThan(0);
  });

  it('4: the submit is lost, nobody else is asked until the funder has said what became of it', async () => {
    const made = await apply(service, applicationFor(phone(4)));
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect(view.json['status']).toBe('offered');
    expect(Object.values(attemptsOf(view))).toEqual(['approved']);
    const types = await timelineOf(made.json['id']);
    expect(types).toEqual(expect.arrayContaining(['attempt.submitted', 'attempt.unknown', 'attempt.approved']));
    expect(types.filter((type) => type === 'attempt.submitted')).toHaveLength(1);
  });

  it('5: three callbacks out of order are one approval', async () => {
    const made = await apply(service, applicationFor(phone(5)));
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect(view.json['status']).toBe('offered');
    await new Promise((resolve) => setTimeout(resolve, 400));
    const seen = (await desk(made.json['id'])).json;
    expect(
      (seen['timeline'] as unknown as { type: string }[])
        .filter(({ type }) => type === 'attempt.approved' || type === 'offer.created')
        .map(({ type }) => type),
    ).toEqual(['attempt.approved', 'offer.created']);
    expect(seen['offers']).toHaveLength(1);
    const callbacks = seen['callbacks'] as unknown as { state: string; detail: string }[];
    expect(callbacks.length).toBeGreaterThanOrEqual(1);
    expect(callbacks.every(({ state }) => state === 'processed')).toBe(true);
    expect(callbacks.filter(({ detail }) => detail === 'applied').length).toBeLessThanOrEqual(1);
    expect((await until(service, made.json['id'], 'offered')).json['status']).toBe('offered');
  });

  it.each([6, 7])('%i: garbage or silence leaves it pending, the attempt unknown, and it can be withdrawn', async (digit) => {
    const made = await apply(service, applicationFor(phone(digit)));
    expect([made.status, made.json['status']]).toEqual([201, 'routing']);
    const view = await until(service, made.json['id'], 'pending', 'offered', 'declined', 'expired');
    expect(view.json['status']).toBe('pending');
    expect(Object.values(attemptsOf(view))).toEqual(['unknown']);
    expect(view.json['offers']).toEqual([]);
    const withdrawn = await service.call('POST', `/v1/applications/${made.json['id']}/withdraw`, { key: service.keys.secret });
    expect([withdrawn.status, withdrawn.json['status']]).toEqual([200, 'withdrawn']);
  });

  it('8: a forged callback is refused and recorded, the right one after it counts', async () => {
    const made = await apply(service, applicationFor(phone(8)));
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect(view.json['status']).toBe('offered');
    const [funder] = Object.keys(attemptsOf(view));
    const status = await service.call('GET', `/v1/desk/funders/${funder}/status`, { key: service.keys.operator });
    expect(
      (status.json['callbacks'] as unknown as { state: string; attempt_id: string | null }[]).filter(({ state }) => state === 'forged'),
    ).toMatchObject([{ attempt_id: null }]);
    expect((await timelineOf(made.json['id'])).filter((type) => type === 'attempt.approved')).toHaveLength(1);
  });
});

it('6 and 7 under a short deadline end as expired, and partner offers are shown', { timeout: 30_000 }, async () => {
  const approved = await changeRecord(service, 'policy', 'pol_default', (body) => ({
    ...body,
    deadlines: { ...(body['deadlines'] as object), application_s: 10 },
  }));
  expect([approved.status, approved.json['state']]).toEqual([200, 'approved']);
  await Promise.all(
    [6, 7].map(async (digit) => {
      const made = await apply(service, applicationFor(phone(digit)));
      expect(made.json['status']).toBe('routing');
      const view = await until(service, made.json['id'], 'expired', 'offered', 'declined');
      expect([view.json['status'], reasonsOf(view)]).toEqual(['expired', ['deadline']]);
      // Nobody knows whether the funder has it, so nobody else was asked.
      expect(Object.values(attemptsOf(view))).toEqual(['unknown']);
      const partners = await service.call('GET', `/v1/applications/${made.json['id']}/partner-offers`, { key: service.keys.secret });
      expect((partners.json['groups'] as unknown as unknown[]).length).toBeGreaterThan(0);
    }),
  );
});
