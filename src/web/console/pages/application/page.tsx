/** One application: left the facts, in the middle what happened, right why it was routed so. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Alert, App, Button, Col, Flex, Input, Row, Space, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { ask, problemOf, reading } from '../../api.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { applicationState, stateColour } from '../../parts/words.ts';
import { useMay } from '../../session.ts';
import type { Detail } from './detail.ts';
import { Facts } from './facts.tsx';
import { Plans } from './plans.tsx';
import { Sent } from './sent.tsx';
import { texts } from './texts.ts';
import { History } from './timeline.tsx';

/** States in which nothing more happens by itself. */
const STILL = new Set(['draft', 'offered', 'refused', 'declined', 'expired', 'withdrawn', 'erased', 'disbursed', 'needs_consent']);

export default function ApplicationPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const query = useQuery({
    queryKey: ['application', id],
    queryFn: reading<Detail>(`/v1/desk/applications/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data !== undefined && !STILL.has(state.data.state) ? 2_000 : 15_000),
  });
  return (
    <Answered query={query}>
      {(detail) => (
        <>
          <PageHead title={t('title', { id })}>
            <Tag color={stateColour(detail.state)}>{applicationState(detail.state, lang)}</Tag>
          </PageHead>
          {detail.quarantined ? <Review id={id} /> : null}
          {detail.reasons.length === 0 ? null : (
            <Typography.Paragraph>
              {t('reason')}: {detail.reasons.map(({ code, detail: more }) => [code, more].filter(Boolean).join(': ')).join('; ')}
            </Typography.Paragraph>
          )}
          <Row gutter={[16, 16]}>
            <Col xs={24} lg={6}>
              {/* What was shown in plain is of this application: the next one begins masked. */}
              <Facts key={detail.id} detail={detail} />
            </Col>
            <Col xs={24} lg={7}>
              <History detail={detail} />
            </Col>
            <Col xs={24} lg={11}>
              <Flex vertical gap={16}>
                <Plans detail={detail} />
                <Sent detail={detail} />
              </Flex>
            </Col>
          </Row>
        </>
      )}
    </Answered>
  );
}

function Review({ id }: { id: string }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { modal, message } = App.useApp();
  const may = useMay('operator', 'risk');
  const send = async (deed: 'release' | 'refuse', body?: unknown): Promise<void> => {
    try {
      await ask('POST', `/v1/desk/applications/${id}/${deed}`, body);
      await queries.invalidateQueries();
    } catch (error) {
      message.error(problemOf(error).title);
    }
  };
  const refuse = (): void => {
    let note = '';
    modal.confirm({
      title: t('refuse'),
      icon: null,
      content: <Input aria-label={t('refuseWhy')} placeholder={t('refuseWhy')} maxLength={200} onChange={({ target }) => (note = target.value)} />,
      onOk: () => send('refuse', { note }),
    });
  };
  return (
    <Alert
      type="warning"
      style={{ marginBottom: 12 }}
      title={t('aside')}
      action={
        may ? (
          <Space>
            <Button onClick={() => void send('release')}>{t('release')}</Button>
            <Button onClick={refuse}>{t('refuse')}</Button>
          </Space>
        ) : null
      }
    />
  );
}
