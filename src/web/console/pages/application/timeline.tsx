/** Everything that happened, in order, each with how long it took since the one before and what it was about. */
import { Card, Timeline, Typography } from 'antd';
import type { ReactNode } from 'react';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { eventName, span } from '../../parts/words.ts';
import type { Detail, Event } from './detail.ts';
import { texts } from './texts.ts';

/** Parts of an event that are said in another way, or mean nothing to a reader. */
const SILENT = new Set(['plan_id', 'policy_id', 'segment_id', 'arm', 'attempt_id', 'funder_id', 'funder', 'offer_id', 'loan_id', 'band', 'variant']);

export function History({ detail }: { detail: Detail }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const names = new Map(
    detail.attempts.flatMap((attempt) => [[attempt.id, attempt.funder.name] as const, [attempt.funder.id, attempt.funder.name] as const]),
  );
  return (
    <Card size="small" title={t('timeline')}>
      <Timeline
        items={detail.timeline.map((event, index) => {
          const before = detail.timeline[index - 1];
          const waitedMs = before === undefined ? 0 : Date.parse(event.at) - Date.parse(before.at);
          return {
            key: String(index),
            content: (
              <>
                <div>
                  <strong>{eventName(event.type, lang)}</strong> {about(event, names)}
                </div>
                <Typography.Text type="secondary">
                  {moment(event.at, lang, true)}
                  {waitedMs >= 1_000 ? ` · ${t('waited', { span: span(waitedMs) })}` : ''}
                </Typography.Text>
                <Rest event={event} />
              </>
            ),
          };
        })}
      />
    </Card>
  );
}

function about({ data }: Event, names: ReadonlyMap<string, string>): string {
  for (const part of ['funder_id', 'funder', 'attempt_id']) {
    const id = data[part];
    if (typeof id === 'string' && names.has(id)) return names.get(id)!;
    if (typeof id === 'string' && part !== 'attempt_id') return id;
  }
  return '';
}

function Rest({ event }: { event: Event }): ReactNode {
  const rest = Object.entries(event.data).filter(([name, value]) => !SILENT.has(name) && value !== null && value !== undefined);
  if (rest.length === 0) return null;
  return (
    <details>
      <summary>{rest.map(([name]) => name).join(', ')}</summary>
      <pre style={{ whiteSpace: 'pre-wrap', margin: 0 }}>{rest.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n')}</pre>
    </details>
  );
}
