/** The differences of a change, a sentence each, and beside them what was and what shall be. */
import { Table } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage } from '../language.tsx';
import { differenceWords, fieldName, valueWords, type NameOf } from './difference-words.ts';
import type { Difference } from './records.ts';

export function DifferenceList({
  kind,
  diff,
  nameOf,
  empty,
}: {
  kind: string;
  diff: readonly Difference[];
  nameOf: NameOf;
  empty: string;
}): ReactNode {
  const { lang } = useLanguage();
  if (diff.length === 0) return <p className="quiet">{empty}</p>;
  return (
    <ul className="differences">
      {diff.map((each) => (
        <li key={each.pointer}>{differenceWords(kind, each, nameOf, lang)}</li>
      ))}
    </ul>
  );
}

export function DifferenceTable({
  kind,
  diff,
  nameOf,
  words,
}: {
  kind: string;
  diff: readonly Difference[];
  nameOf: NameOf;
  words: { field: string; now: string; after: string };
}): ReactNode {
  const { lang } = useLanguage();
  const say = (pointer: string, value: unknown): ReactNode => (value === undefined ? '–' : valueWords(kind, pointer, value, nameOf, lang));
  return (
    <Table
      size="small"
      pagination={false}
      rowKey="pointer"
      dataSource={[...diff]}
      columns={[
        { title: words.field, dataIndex: 'pointer', width: '30%', render: (pointer: string) => fieldName(kind, pointer, nameOf, lang) },
        { title: words.now, dataIndex: 'from', width: '35%', render: (value: unknown, row) => say(row.pointer, value) },
        { title: words.after, dataIndex: 'to', width: '35%', render: (value: unknown, row) => <strong>{say(row.pointer, value)}</strong> },
      ]}
    />
  );
}
