/** Keys and secrets: an administrator's part of the description. */
import { z } from '@hono/zod-openapi';
import { KeyBody, SecretBody } from '../desk/keys.ts';
import { annotated } from './annotate.ts';
import type { Operation } from './operation.ts';

const kind = z.enum(['publishable', 'secret', 'operator']);
const shared = { id: z.string(), kind, name: z.string(), channel_id: z.string().nullable(), role: z.string().nullable() };
const Key = annotated('Key', z.object({ ...shared, created_at: z.string() }));
const KeyMade = annotated('KeyMade', z.object({ ...shared, key: z.string() }));

export const DESK_KEYS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/desk/keys',
    tag: 'desk',
    access: 'operator',
    roles: [],
    title: { zh: '密钥列表', en: 'Keys in force' },
    description: 'Never the keys themselves: only their SHA-256 is stored.',
    replies: { 200: { description: 'All that are not revoked.', schema: z.object({ data: z.array(Key) }) } },
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/desk/keys',
    tag: 'desk',
    access: 'operator',
    roles: [],
    title: { zh: '新建密钥', en: 'Make a key' },
    description: 'For a channel (publishable, secret) or an operator (with a role). The key is told in this reply and never again.',
    body: { schema: annotated('KeyRequest', KeyBody) },
    replies: { 201: { description: 'Made.', schema: KeyMade } },
    problems: ['invalid_request'],
  },
  {
    method: 'delete',
    path: '/v1/desk/keys/:id',
    tag: 'desk',
    access: 'operator',
    roles: [],
    title: { zh: '停用密钥', en: 'Revoke a key' },
    replies: { 204: { description: 'It admits nobody from now on.' } },
    problems: ['not_found', 'same_person'],
  },
  {
    method: 'put',
    path: '/v1/desk/secrets/:owner/:slot',
    tag: 'desk',
    access: 'operator',
    roles: [],
    title: { zh: '设置资金方或合作方密钥', en: 'Set a secret of a funder or partner' },
    params: { owner: 'Id of a funder or a partner.', slot: 'A name from the adapter’s manifest, or `postback` for a partner.' },
    description: 'Sealed at once; no route tells it again.',
    body: { schema: annotated('SecretRequest', SecretBody) },
    replies: { 204: { description: 'In force for the next call.' } },
    problems: ['invalid_request', 'not_found'],
  },
];
