/** The blacklist: imported line by line, listed by marks, taken off by mark. Numbers go into bodies of requests alone and are stored nowhere. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Empty, Flex, Input, Table, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { queryOf } from '../../parts/search.ts';
import { useMay } from '../../session.ts';
import { texts } from './texts.ts';

interface Entry {
  readonly kind: string;
  readonly mark: string;
  readonly reason: string;
  readonly author: string;
  readonly at: string;
}
interface Page {
  readonly data: readonly Entry[];
  readonly next_cursor: string | null;
}

export function Blacklist(): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const may = useMay('operator', 'risk');
  const list = useInfiniteQuery({
    queryKey: ['blacklist'],
    queryFn: ({ pageParam, signal }) => ask<Page>('GET', `/v1/desk/blacklist${queryOf({ limit: 100, cursor: pageParam })}`, undefined, { signal }),
    initialPageParam: '',
    getNextPageParam: (page: Page) => page.next_cursor ?? undefined,
  });
  const takeOff = async ({ kind, mark }: Entry): Promise<void> => {
    try {
      await ask('DELETE', '/v1/desk/blacklist', { kind, mark });
    } catch (error) {
      message.error(problemOf(error).title);
    }
    await queries.invalidateQueries({ queryKey: ['blacklist'] });
  };
  return (
    <Flex vertical gap={12}>
      <Typography.Text type="secondary">{t('blacklistLead')}</Typography.Text>
      {may ? <Import /> : null}
      <Table
        size="small"
        rowKey={({ kind, mark }) => kind + mark}
        loading={list.isPending}
        pagination={false}
        dataSource={list.data?.pages.flatMap(({ data }) => data) ?? []}
        locale={{ emptyText: <Empty description={t('blacklistEmpty')} /> }}
        columns={[
          { title: t('kind'), dataIndex: 'kind' },
          { title: t('mark'), dataIndex: 'mark', render: (mark: string) => <code>{mark}</code> },
          { title: t('reason'), dataIndex: 'reason' },
          { title: t('author'), dataIndex: 'author' },
          { title: t('at'), dataIndex: 'at', align: 'right', render: (at: string) => moment(at, lang) },
          {
            title: '',
            align: 'right',
            render: (_, entry) =>
              may ? (
                <Button size="small" onClick={() => void takeOff(entry)}>
                  {t('off')}
                </Button>
              ) : null,
          },
        ]}
      />
      {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>{t('more')}</Button> : null}
    </Flex>
  );
}

function Import(): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [text, setText] = useState('');
  const [faults, setFaults] = useState<readonly string[]>([]);
  const send = async (): Promise<void> => {
    const entries = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [kind = '', value = '', ...reason] = line.split(/[,，\t]/).map((part) => part.trim());
        return { kind, value, reason: reason.join(', ') };
      });
    try {
      const counts = await ask<{ added: number; known: number }>('POST', '/v1/desk/blacklist', { entries });
      message.success(t('imported', { added: counts.added, known: counts.known }));
      setText('');
      setFaults([]);
      await queries.invalidateQueries({ queryKey: ['blacklist'] });
    } catch (error) {
      const { title, errors } = problemOf(error);
      // All or none was taken, and each fault names its line.
      setFaults(errors?.map((one) => t('line', { n: Number(one.pointer.split('/')[2] ?? 0) + 1, said: one.message })) ?? [title]);
    }
  };
  return (
    <Flex vertical gap={8}>
      <Input.TextArea
        aria-label={t('import')}
        placeholder={t('importHint')}
        autoComplete="off"
        rows={4}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {faults.length === 0 ? null : (
        <Alert
          type="error"
          title={faults.slice(0, 10).map((one) => (
            <div key={one}>{one}</div>
          ))}
        />
      )}
      <div>
        <Button disabled={text.trim() === ''} onClick={() => void send()}>
          {t('import')}
        </Button>
      </div>
    </Flex>
  );
}
