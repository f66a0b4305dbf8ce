/** Roles in words, for wherever a person's role is shown or chosen. */
import type { Role } from '../session.ts';

export const ROLES: readonly Role[] = ['viewer', 'operator', 'risk', 'approver', 'finance', 'admin'];

export const roleTexts = {
  zh: { viewer: '查看', operator: '运营', risk: '风控', approver: '审批', finance: '财务', admin: '管理员' },
  en: { viewer: 'Viewer', operator: 'Operator', risk: 'Risk', approver: 'Approver', finance: 'Finance', admin: 'Administrator' },
} as const;

/** What a role may do beyond looking. */
export const roleMeanings = {
  zh: {
    viewer: '只能看',
    operator: '日常操作：渠道、合作产品、通知、黑名单、投放费用，提出变更',
    risk: '风控：预审、黑名单、人工审核，提出变更，看审计',
    approver: '审批别人提出的变更，回滚策略，看审计',
    finance: '看账与审计，登记投放费用',
    admin: '一切，包括团队',
  },
  en: {
    viewer: 'May look and nothing else',
    operator: 'Daily work: channels, partner offers, webhooks, blacklist, spend; proposes changes',
    risk: 'Prescreen, blacklist, review of what is set aside; proposes changes; reads the audit',
    approver: 'Approves what others propose, rolls policies back, reads the audit',
    finance: 'Reads money and the audit, enters spend',
    admin: 'Everything, the team as well',
  },
} as const;
