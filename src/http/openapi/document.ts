/** The API description, OpenAPI 3.1: made once from the routes' own schemas when somebody first asks, then kept. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { BORROWER } from './borrower.ts';
import { COUNTERPARTIES, OPERATION } from './counterparty.ts';
import { DESK } from './desk.ts';
import { DESK_KEYS } from './desk-keys.ts';
import { DESK_SIMULATIONS } from './desk-simulations.ts';
import { DESK_TEAM } from './desk-team.ts';
import { register, type Operation, type Registry } from './operation.ts';
import { OWN_PAGE } from './own-page.ts';
import { registerWebhooks } from './webhooks.ts';

export type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** Every route of the service. */
export const OPERATIONS: readonly Operation[] = [
  ...BORROWER,
  ...OWN_PAGE,
  ...COUNTERPARTIES,
  ...DESK,
  ...DESK_KEYS,
  ...DESK_SIMULATIONS,
  ...DESK_TEAM,
  ...OPERATION,
];

let made: ApiDocument | null = null;

export function apiDocument(): ApiDocument {
  made ??= makeDocument();
  return made;
}

function makeDocument(): ApiDocument {
  const host = new OpenAPIHono();
  const registry = host.openAPIRegistry;
  registerSecurity(registry);
  for (const operation of OPERATIONS) register(registry, operation);
  registerWebhooks(registry);
  return host.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Millrace', version: '1', description: DESCRIPTION },
    tags: [
      { name: 'applications', description: 'An application: create, continue, submit, read, agree, withdraw, be forgotten. 申请' },
      { name: 'intake', description: 'Before an application: phone, photos, consent texts. 申请前' },
      { name: 'offers', description: 'What came of it: offers with their cost, partner offers. 报价' },
      { name: 'counterparties', description: 'Funders and partners call in. 资金方与合作方' },
      { name: 'desk', description: 'Operators. 运营台' },
      { name: 'console', description: 'Operators sign in. 控制台登录' },
      { name: 'sandbox', description: 'In sandbox mode alone. 沙箱' },
      { name: 'operation', description: 'Health, metrics, this description. 运维' },
      { name: 'webhooks', description: 'What we send. 事件通知' },
    ],
  });
}

const DESCRIPTION = [
  'Loan-assistance aggregator: an application goes in, an approved offer or a partner offer comes out.',
  'JSON, snake_case. Amounts are whole fen (`_fen`), rates whole basis points (`_bps`), times RFC 3339.',
  'Errors are RFC 9457 problem details, in zh unless Accept-Language begins with en.',
  'A caller must ignore members it does not know; new ones are added without notice.',
].join('\n\n');

function registerSecurity(registry: Registry): void {
  const bearer = (name: string, description: string) =>
    registry.registerComponent('securitySchemes', name, { type: 'http', scheme: 'bearer', description });
  const header = (id: string, name: string, description: string) =>
    registry.registerComponent('securitySchemes', id, { type: 'apiKey', in: 'header', name, description });
  bearer('publishableKey', '`pk_…`: for a browser on an allowed origin of the channel.');
  bearer('secretKey', '`sk_…`: for the channel’s server. Sees every application of its channel.');
  bearer('operatorKey', '`ok_…`: for the desk, with a role.');
  bearer('metricsToken', 'MILLRACE_METRICS_TOKEN of the instance.');
  registry.registerComponent('securitySchemes', 'consoleSession', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-millrace_console',
    description: 'A session of the console. What changes something also needs the header `x-millrace-console: 1`.',
  });
  header('clientToken', 'Client-Token', '`ct_…`, from the reply to the creation of the application. Needed beside a publishable key.');
  header('partnerSignature', 'X-Signature', 'Hex HMAC-SHA256 of `<X-Timestamp>.<raw body>` under the partner’s secret.');
  header('partnerTimestamp', 'X-Timestamp', 'Unix seconds.');
}
