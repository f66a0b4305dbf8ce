/** A table as a file that spreadsheets open: UTF-8 with a mark at its front, no cell that could be taken for a formula. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage } from '../language.tsx';

export type Cell = string | number | boolean | null;

export function CsvButton({ name, rows }: { name: string; rows: () => readonly (readonly Cell[])[] }): ReactNode {
  const { lang } = useLanguage();
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([`\uFEFF${toCsv(rows())}`], { type: 'text/csv;charset=utf-8' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: `${name}.csv` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return <Button onClick={save}>{lang === 'zh' ? '导出 CSV' : 'Export CSV'}</Button>;
}

export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(cellText).join(',')).join('\r\n');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
