/** A term with what it means one hover, or one Tab, away. For terms that the desk's list of figures does not hold. */
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';

export function Meaning({ words, children }: { words: ReactNode; children: ReactNode }): ReactNode {
  return (
    <Tooltip title={words}>
      <span tabIndex={0} style={{ borderBottom: '1px dotted currentColor', cursor: 'help' }}>
        {children}
      </span>
    </Tooltip>
  );
}
