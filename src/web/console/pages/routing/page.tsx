import type { ReactNode } from 'react';
import { PageHead } from '../../parts/page-head.tsx';

export default function Page(): ReactNode {
  return <PageHead title="routing" />;
}
