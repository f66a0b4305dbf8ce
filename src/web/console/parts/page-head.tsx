/** The title of a page, which the browser's tab has as well, and what can be done on it. */
import { useEffect, type ReactNode } from 'react';

export function PageHead({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = `${title} · Millrace`;
  }, [title]);
  return (
    <header className="page-head">
      <h1>{title}</h1>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center' }}>{children}</div>
    </header>
  );
}
