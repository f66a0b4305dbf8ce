/** What a query has answered so far: a skeleton, the reason for having nothing, or the data. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Result, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { Refused } from '../api.ts';
import { useTexts } from '../language.tsx';
import { texts } from '../shell/texts.ts';

export function Answered<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }): ReactNode {
  const t = useTexts(texts);
  if (query.data !== undefined) return children(query.data);
  if (!query.isError) return <Skeleton active paragraph={{ rows: 6 }} />;
  const problem = query.error instanceof Refused ? query.error.problem : null;
  return (
    <Result
      status="warning"
      title={problem?.title ?? t('failed')}
      subTitle={problem === null ? undefined : t('requestId', { id: problem.request_id })}
      extra={<Button onClick={() => void query.refetch()}>{t('again')}</Button>}
    />
  );
}
