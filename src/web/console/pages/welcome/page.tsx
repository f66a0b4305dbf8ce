/** An invitation or the first run: the link is opened once, then the person chooses a name, a password and an authenticator. In a sandbox the link signs in by itself. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Alert, Button, Result, Skeleton } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { faultsOf } from '../../parts/faults.ts';
import { takeOver, type Role, type Session } from '../../session.ts';
import { Door } from '../sign-in/door.tsx';
import { WelcomeForm, type Chosen } from './form.tsx';
import { texts } from './texts.ts';

export interface Invitation {
  /** Null: the first administrator, who says it. */
  readonly email: string | null;
  readonly role: Role;
  readonly totp: { readonly uri: string; readonly secret: string };
}
type Opened = Invitation | (Session & { readonly signed_in: true });

const SHOWN = ['/name', '/email', '/password', '/code'];

export default function Page(): ReactNode {
  const t = useTexts(texts);
  // It is in the fragment, which no server and no log ever sees.
  const [token] = useState(() => location.hash.slice(1));
  const enter = useEntering();
  const opened = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => ask<Opened>('POST', '/v1/invitations/open', { token }),
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const session = opened.data !== undefined && 'signed_in' in opened.data ? opened.data : null;
  useEffect(() => {
    if (session !== null) enter(session);
  }, [session, enter]);
  const accept = useMutation({
    mutationFn: ({ name, email, password, code }: Chosen) =>
      ask<Session>('POST', '/v1/invitations/accept', {
        token,
        name: name.trim(),
        password,
        code: code.replaceAll(' ', ''),
        ...(email === undefined ? {} : { email: email.trim() }),
      }),
    onSuccess: enter,
  });
  if (token === '' || opened.isError) return <Closed error={opened.error} />;
  const invitation = opened.data;
  return (
    <Door title={t('title')} width={560}>
      {invitation === undefined || 'signed_in' in invitation ? (
        <Skeleton active title={false} paragraph={{ rows: 5 }} aria-label={t('opening')} />
      ) : (
        <WelcomeForm
          invitation={invitation}
          faults={faultsOf(accept.error, SHOWN)}
          pending={accept.isPending}
          onDone={(chosen) => accept.mutate(chosen)}
        />
      )}
    </Door>
  );
}

/** Takes a session over and goes to the first page, without the link in the history. */
function useEntering(): (session: Session) => void {
  const queries = useQueryClient();
  const router = useRouter();
  const [enter] = useState(() => (session: Session): void => {
    takeOver(queries, session);
    router.history.replace('/console/');
  });
  return enter;
}

function Closed({ error }: { error: unknown }): ReactNode {
  const t = useTexts(texts);
  const why = error === null ? t('noLink') : problemOf(error).title;
  return (
    <Door title={t('title')} width={560}>
      <Result
        status="warning"
        title={error === null ? t('noLink') : t('failed')}
        subTitle={error === null ? undefined : t('failedHint')}
        extra={
          <Button type="primary" href="/console/sign-in">
            {t('toSignIn')}
          </Button>
        }
      >
        {error === null ? null : <Alert type="info" title={why} />}
      </Result>
    </Door>
  );
}
