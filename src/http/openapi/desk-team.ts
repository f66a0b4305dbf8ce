/** Operators of the console: their sign-in and their team, as the description tells it. */
import { z } from '@hono/zod-openapi';
import { ROLES } from '../../domain/desk.ts';
import { TeamBody, TeamPatchBody } from '../desk/team.ts';
import { AcceptBody, OpenBody, SessionBody } from '../desk/session.ts';
import { annotated } from './annotate.ts';
import type { Operation, Reply } from './operation.ts';

const person = { id: z.string(), email: z.string(), name: z.string(), role: z.enum(ROLES) };
const Operator = annotated('Operator', z.object(person));
const Member = annotated(
  'TeamMember',
  z.object({
    ...person,
    status: z.enum(['invited', 'active', 'disabled']),
    created_at: z.string(),
    last_seen_at: z.string().nullable(),
    open_sessions: z.int(),
  }),
);
const session = { operator: Operator, expires_at: z.string() };
const Session = annotated('Session', z.object(session));
const Invitation = annotated('Invitation', z.object({ operator: Member, link: z.url() }));
const Opened = annotated(
  'OpenedInvitation',
  z.union([
    z.object({ email: z.string().nullable(), role: z.enum(ROLES), totp: z.object({ uri: z.string(), secret: z.string() }) }),
    z.object({ signed_in: z.literal(true), ...session }),
  ]),
);
const Methods = annotated(
  'SignInMethods',
  z.object({ mode: z.enum(['sandbox', 'live']), sso: z.object({ name: z.string() }).nullable(), first_run: z.boolean() }),
);
const signedIn = (description: string, schema: z.ZodType = Session): Reply => ({ description, schema, headers: ['set-cookie'] });
const away: Reply = { description: 'On to the provider, or to a page of the console.', headers: ['location', 'set-cookie'] };
const OF_PAGES = 'A browser may ask this from a page of this origin alone (`Origin`, `Sec-Fetch-Site`).';

const SIGN_IN: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/session/methods',
    tag: 'console',
    access: 'open',
    title: { zh: '登录方式', en: 'Ways to sign in' },
    description: '`first_run`: there is no operator yet; the start of the service prints the first administrator’s link.',
    replies: { 200: { description: 'What a sign-in page has to offer.', schema: Methods } },
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/session',
    tag: 'console',
    access: 'open',
    title: { zh: '登录', en: 'Sign in' },
    description: `By password and a code of the authenticator app. ${OF_PAGES}`,
    body: { schema: annotated('SessionRequest', SessionBody) },
    replies: { 200: signedIn('Signed in, by a cookie: twelve hours at most, one without use.') },
    problems: ['invalid_request', 'sign_in_failed', 'rate_limited', 'origin_not_allowed'],
  },
  {
    method: 'get',
    path: '/v1/session',
    tag: 'console',
    access: 'session',
    title: { zh: '当前登录', en: 'Who is signed in' },
    replies: { 200: { description: 'This session’s operator.', schema: Session } },
    problems: ['unauthenticated'],
  },
  {
    method: 'delete',
    path: '/v1/session',
    tag: 'console',
    access: 'open',
    title: { zh: '退出登录', en: 'Sign out' },
    replies: { 204: { description: 'There is no session now, if there was one.', headers: ['set-cookie'] } },
    problems: ['forbidden', 'origin_not_allowed'],
  },
  {
    method: 'post',
    path: '/v1/invitations/open',
    tag: 'console',
    access: 'open',
    title: { zh: '打开邀请', en: 'Open a link' },
    description: `Whom it is for, and the secret for the authenticator app. A link of the sandbox signs in at once. ${OF_PAGES}`,
    body: { schema: annotated('OpenInvitationRequest', OpenBody) },
    replies: { 200: signedIn('What there is to accept; or, by a link of the sandbox, a session.', Opened) },
    problems: ['invalid_request', 'gone', 'origin_not_allowed'],
  },
  {
    method: 'post',
    path: '/v1/invitations/accept',
    tag: 'console',
    access: 'open',
    title: { zh: '接受邀请', en: 'Accept a link' },
    description: `Sets the password (12 characters or more, not among the obvious), proves the app by a code, and signs in. ${OF_PAGES}`,
    body: { schema: annotated('AcceptInvitationRequest', AcceptBody) },
    replies: { 200: signedIn('Accepted and signed in; the link is good no more.') },
    problems: ['invalid_request', 'gone', 'origin_not_allowed'],
  },
  {
    method: 'get',
    path: '/console/sso/start',
    tag: 'console',
    access: 'open',
    title: { zh: '单点登录', en: 'Sign in by a provider' },
    description: 'OpenID Connect. 404 where no provider is configured.',
    replies: { 303: away },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/console/sso/callback',
    tag: 'console',
    access: 'open',
    title: { zh: '单点登录返回', en: 'Back from the provider' },
    description: 'To `/console/`; with `?sso=refused`, `unknown` or `unavailable` when it came to nothing.',
    replies: { 303: away },
    problems: ['not_found'],
  },
];

const team = { tag: 'desk', access: 'operator', roles: [] } as const;

export const DESK_TEAM: readonly Operation[] = [
  ...SIGN_IN,
  {
    ...team,
    method: 'get',
    path: '/v1/desk/team',
    title: { zh: '团队成员', en: 'The team' },
    replies: { 200: { description: 'All operators, disabled ones too.', schema: z.object({ data: z.array(Member) }) } },
    problems: [],
  },
  {
    ...team,
    method: 'post',
    path: '/v1/desk/team',
    title: { zh: '邀请成员', en: 'Invite an operator' },
    description: 'The link is told in this reply and never again; hand it over yourself. It is good for 48 hours, and once.',
    body: { schema: annotated('TeamRequest', TeamBody) },
    replies: { 201: { description: 'Invited.', schema: Invitation } },
    problems: ['invalid_request'],
  },
  {
    ...team,
    method: 'patch',
    path: '/v1/desk/team/:id',
    title: { zh: '修改成员', en: 'Change role or standing' },
    description: 'Never one’s own, and never of the last administrator. To disable ends every session at once, and with it what keys of theirs open.',
    body: { schema: annotated('TeamPatch', TeamPatchBody) },
    replies: { 200: { description: 'As it is now.', schema: Member } },
    problems: ['invalid_request', 'not_found', 'same_person', 'illegal_transition'],
  },
  {
    ...team,
    method: 'post',
    path: '/v1/desk/team/:id/reset',
    title: { zh: '重置登录', en: 'Let an operator begin anew' },
    description: 'Password, app and sessions of before are worth nothing from now on.',
    replies: { 200: { description: 'A new link, told once.', schema: Invitation } },
    problems: ['not_found', 'illegal_transition'],
  },
  {
    ...team,
    method: 'delete',
    path: '/v1/desk/team/:id/sessions',
    title: { zh: '结束成员的登录', en: 'End an operator’s sessions' },
    replies: { 200: { description: 'How many ended.', schema: z.object({ ended: z.int() }) } },
    problems: ['not_found'],
  },
];
