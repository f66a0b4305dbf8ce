/** Who may sign in, as what: an administrator's page. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Result, Select, Space, Table, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf, reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ROLES, roleTexts } from '../../parts/roles.ts';
import { sessionQuery, useMay } from '../../session.ts';
import { InviteForm, LinkShown } from './invite.tsx';
import type { Invitation, Member } from './member.ts';
import { texts } from './texts.ts';

const PATH = '/v1/desk/team';
const COLOURS = { active: 'green', invited: 'gold', disabled: 'default' } as const;

export default function Team(): ReactNode {
  const t = useTexts(texts);
  const admin = useMay();
  const [inviting, setInviting] = useState(false);
  const [made, setMade] = useState<Invitation | null>(null);
  const queries = useQueryClient();
  const team = useQuery({ queryKey: ['team'], queryFn: reading<{ data: readonly Member[] }>(PATH), enabled: admin });
  const shown = (invitation: Invitation): void => {
    setInviting(false);
    setMade(invitation);
    void queries.invalidateQueries({ queryKey: ['team'] });
  };
  if (!admin) return <Result status="info" title={t('onlyAdmin')} />;
  return (
    <>
      <PageHead title={t('title')}>
        <Button type="primary" onClick={() => setInviting(true)}>
          {t('invite')}
        </Button>
      </PageHead>
      <Answered query={team}>{({ data }) => <Members members={data} onLink={shown} />}</Answered>
      <InviteForm open={inviting} onClose={() => setInviting(false)} onInvited={shown} />
      <LinkShown made={made} onClose={() => setMade(null)} />
    </>
  );
}

function Members({ members, onLink }: { members: readonly Member[]; onLink: (made: Invitation) => void }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const own = useQuery(sessionQuery).data?.operator.id;
  const { change } = useDeeds();
  return (
    <Table<Member>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={[...members]}
      columns={[
        {
          key: 'name',
          title: t('name'),
          render: (_, { id, name }) => (
            <>
              {name} {id === own ? <Tag>{t('you')}</Tag> : null}
            </>
          ),
        },
        { key: 'email', title: t('email'), dataIndex: 'email' },
        {
          key: 'role',
          title: t('role'),
          render: (_, { id, name, role }) => (
            <Select
              aria-label={`${t('role')}: ${name}`}
              style={{ width: 130 }}
              value={role}
              disabled={id === own}
              options={ROLES.map((value) => ({ value, label: roleTexts[lang][value] }))}
              onChange={(value) => change.mutate({ id, patch: { role: value } })}
            />
          ),
        },
        { key: 'status', title: t('status'), render: (_, { status }) => <Tag color={COLOURS[status]}>{t(status)}</Tag> },
        { key: 'seen', title: t('lastSeen'), render: (_, { last_seen_at: at }) => (at === null ? t('never') : moment(at, lang)) },
        { key: 'sessions', title: t('sessions'), align: 'right', dataIndex: 'open_sessions' },
        { key: 'since', title: t('since'), render: (_, { created_at: at }) => moment(at, lang) },
        { key: 'actions', title: t('actions'), render: (_, member) => <Actions member={member} own={member.id === own} onLink={onLink} /> },
      ]}
    />
  );
}

function Actions({ member, own, onLink }: { member: Member; own: boolean; onLink: (made: Invitation) => void }): ReactNode {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const { change, reset, end } = useDeeds();
  const { id, name, status } = member;
  const sure = (title: string, deed: () => Promise<unknown>): void =>
    void modal.confirm({ title, cancelText: t('cancel'), onOk: () => deed().catch(() => undefined) });
  return (
    <Space>
      {status === 'disabled' ? (
        <Button size="small" disabled={own} onClick={() => change.mutate({ id, patch: { status: 'active' } })}>
          {t('enable')}
        </Button>
      ) : (
        <Button
          size="small"
          disabled={own}
          onClick={() => sure(t('sureDisable', { name }), () => change.mutateAsync({ id, patch: { status: 'disabled' } }))}
        >
          {t('disable')}
        </Button>
      )}
      <Button size="small" disabled={status === 'disabled'} onClick={() => sure(t('sureReset', { name }), () => reset.mutateAsync(id).then(onLink))}>
        {t('reset')}
      </Button>
      <Button
        size="small"
        disabled={member.open_sessions === 0}
        onClick={() => sure(t('sureEnd', { name }), () => end.mutateAsync(id).then(({ ended }) => message.success(t('ended', { n: ended }))))}
      >
        {t('endSessions')}
      </Button>
    </Space>
  );
}

/** What may be done to a member; a refusal is told in its own words, and the list is read again. */
function useDeeds() {
  const { message } = App.useApp();
  const queries = useQueryClient();
  const after = {
    onError: (error: Error) => void message.error(problemOf(error).title),
    onSettled: () => queries.invalidateQueries({ queryKey: ['team'] }),
  };
  const change = useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: Partial<Pick<Member, 'role' | 'status'>> }) => ask<Member>('PATCH', `${PATH}/${id}`, patch),
    ...after,
  });
  const reset = useMutation({ mutationFn: (id: string) => ask<Invitation>('POST', `${PATH}/${id}/reset`), ...after });
  const end = useMutation({ mutationFn: (id: string) => ask<{ readonly ended: number }>('DELETE', `${PATH}/${id}/sessions`), ...after });
  return { change, reset, end };
}
