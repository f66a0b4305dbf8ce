/** @jsxImportSource preact */
/** Before there is anything to show, and when there will not be. */
import { useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Screen } from '../parts/screen.tsx';

export function Loading() {
  const say = useSay();
  return (
    <main class="screen" aria-busy="true">
      <h1>{say(['想借多少，借多久？', 'How much, and for how long?'])}</h1>
      <div class="card skeleton tall" aria-hidden="true" />
      <div class="card skeleton" aria-hidden="true" />
      <p class="hidden" role="status">
        {say(['正在打开', 'Opening'])}
      </p>
    </main>
  );
}

export function Unavailable({ why, again }: { readonly why: 'closed' | 'broken'; readonly again: () => void }) {
  const say = useSay();
  if (why === 'closed')
    return (
      <Screen
        title={say(['这个申请入口没有开放', 'This page is not open'])}
        lead={say(['链接可能已停用。请从您收到它的地方再找一次。', 'The link may have been switched off. Please look again where you found it.'])}
      />
    );
  return (
    <Screen
      title={say(['页面没有打开', 'The page did not open'])}
      lead={say(['网络不通或服务正忙。您还没有提交任何内容。', 'There is no connection, or the service is busy. You have not submitted anything.'])}
      action={<Button onTap={again}>{say(['再试一次', 'Try again'])}</Button>}
    />
  );
}
