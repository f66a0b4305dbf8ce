/** What needs a person, each with its evidence and the page where something can be done about it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { moment, percent, useLanguage, useTexts, yuan, type Say } from '../../language.tsx';
import type { Lang } from '../../language-kept.ts';
import { useNames } from '../../parts/names.ts';
import { alarmWords } from './alarm-words.ts';
import { texts } from './texts.ts';
import type { Alarm, Cap, Change, Endpoint } from './today.ts';

const REFRESH_MS = 30_000;
/** Of a cap: from here on somebody should know. */
const NEAR = 0.85;
/** More of one kind are told as "and more". */
const MOST = 50;

interface Matter {
  readonly key: string;
  readonly tone: 'red' | 'gold' | 'blue';
  readonly title: string;
  readonly evidence: string;
  readonly since: string | null;
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
}
type Words = Say<keyof (typeof texts)['zh']>;

export function Attention(): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const found = useMatters(t, lang);
  return (
    <Card size="small" title={`${t('attention')}${found.length === 0 ? '' : ` · ${found.length}`}`} style={{ marginBottom: 16 }}>
      {found.length === 0 ? (
        <div>
          <strong>{t('quiet')}</strong> <span className="faint">{t('quietHint')}</span>
        </div>
      ) : (
        <ul className="matters">
          {found.map((matter) => (
            <li key={matter.key}>
              <Tag color={matter.tone} aria-hidden="true">
                !
              </Tag>
              <div>
                <strong>{matter.title}</strong>
                {matter.since === null ? null : <span className="faint"> · {t('since', { at: moment(matter.since, lang) })}</span>}
                <div className="faint">{matter.evidence}</div>
              </div>
              <Link to={matter.to} search={(matter.search ?? {}) as never} aria-label={`${t('open')}: ${matter.title}`}>
                {t('open')}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function useList<T>(path: string): readonly T[] {
  const { data } = useQuery({ queryKey: ['attention', path], queryFn: reading<{ data: readonly T[] }>(path), refetchInterval: REFRESH_MS });
  return data?.data ?? [];
}

function useMatters(t: Words, lang: Lang): Matter[] {
  const funders = useNames('funder');
  const channels = useNames('channel');
  const alarms = useList<Alarm>('/v1/desk/alarms');
  const caps = useList<Cap>('/v1/desk/caps');
  const endpoints = useList<Endpoint>('/v1/webhook-endpoints');
  const set = useList<{ id: string; created_at: string }>(`/v1/desk/applications?quarantined=true&limit=${MOST}`);
  const changes = useList<Change>(`/v1/desk/changes?state=proposed&limit=${MOST}`);
  const number = (list: readonly unknown[]): string => (list.length === MOST ? `${MOST}+` : String(list.length));
  return [
    ...alarms.map((alarm) => ofAlarm(alarm, t, lang, funders, channels)),
    ...caps.filter(({ share }) => share >= NEAR).map((cap) => ofCap(cap, t)),
    ...endpoints.filter(({ health }) => health.failing_since !== null || health.disabled_at !== null).map((endpoint) => ofEndpoint(endpoint, t)),
    ...(set.length === 0
      ? []
      : [
          {
            key: 'quarantined',
            tone: 'gold' as const,
            title: t('quarantined', { n: number(set) }),
            evidence: t('quarantinedEvidence', { at: moment(set[0]!.created_at, lang) }),
            since: null,
            to: '/applications',
            search: { quarantined: 'true' },
          },
        ]),
    ...(changes.length === 0
      ? []
      : [
          {
            key: 'changes',
            tone: 'blue' as const,
            title: t('changes', { n: number(changes) }),
            evidence: t('changesEvidence', { note: changes[0]!.note }),
            since: null,
            to: '/changes',
          },
        ]),
  ];
}

type Names = ReadonlyMap<string, string>;

function ofAlarm({ subject, kind, detail, since }: Alarm, t: Words, lang: Lang, funders: Names, channels: Names): Matter {
  const [noun, id = '', ...part] = subject.split('/');
  const name = (noun === 'funder' ? funders : channels).get(id) ?? id;
  const known = kind in texts.zh ? t(kind as keyof (typeof texts)['zh']) : kind;
  const of = part[0] === 'channel' ? ` (${channels.get(part[1] ?? '') ?? part[1]})` : part.length === 0 ? '' : ` (${part.join(' ')})`;
  return {
    key: `${subject} ${kind}`,
    tone: /_up$|_better$/.test(kind) && kind !== 'errors_up' ? 'blue' : 'red',
    title: `${name}${of} · ${known}`,
    evidence: alarmWords(kind, detail, lang),
    since,
    to: noun === 'funder' ? `/funders/${id}` : '/channels',
  };
}

function ofCap(cap: Cap, t: Words): Matter {
  const text = (n: number): string => (cap.unit === 'count' ? n.toLocaleString('en-US') : yuan(n));
  const window = cap.window in texts.zh ? t(cap.window as 'day') : cap.window;
  return {
    key: `${cap.funder} ${cap.cap}`,
    tone: cap.share >= 1 ? 'red' : 'gold',
    title: t('capNear', { name: cap.name, share: percent(cap.share, 0) }),
    evidence: t('capEvidence', { window, limit: text(cap.limit), lent: text(cap.lent) }),
    since: null,
    to: `/funders/${cap.funder}`,
  };
}

function ofEndpoint({ id, url, health }: Endpoint, t: Words): Matter {
  return {
    key: id,
    tone: health.disabled_at === null ? 'gold' : 'red',
    title: t(health.disabled_at === null ? 'endpoint' : 'endpointOff'),
    evidence: url,
    since: health.disabled_at ?? health.failing_since,
    to: '/webhooks',
  };
}
