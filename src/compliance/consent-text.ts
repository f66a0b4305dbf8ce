/**
 * What a borrower is shown before agreeing: the desk's text with recipient, purpose and fields in plain words. Whatever of them the text
 * leaves out is added below it, so that what PIPL Art. 23 wants named (recipient, contact, purpose, kinds of data) is always there.
 */
import type { ConsentPurpose, FieldName } from '../domain/applicant.ts';
import type { ConsentText } from '../domain/desk.ts';
import type { Bilingual } from '../domain/failures.ts';

export type Lang = keyof Bilingual;

export interface ConsentParties {
  readonly recipientName: string;
  readonly legalEntity: string;
  /** How the borrower reaches the recipient. */
  readonly contact: string;
  readonly purpose: ConsentPurpose;
  readonly fields: readonly FieldName[];
}

/** The text as shown and its hash, which goes into the ledger. The parties' own words are never expanded again. */
export function renderConsentText(
  text: ConsentText,
  parties: ConsentParties,
  lang: Lang,
  sha256Hex: (text: string) => string,
): { readonly text: string; readonly hash: string } {
  const words = wordsOf(parties, lang);
  const template = text[lang];
  const body = template.replace(/\{(recipient|purpose|fields)\}/g, (_, slot: Slot) => words[slot]);
  const added = SLOTS.filter((slot) => !template.includes(`{${slot}}`)).map((slot) => `${LABELS[slot][lang]}${words[slot]}`);
  const shown = [body, ...added].join('\n');
  return { text: shown, hash: sha256Hex(shown) };
}

/** Fields in the borrower's words, in the order given. */
function nameFields(fields: readonly FieldName[], lang: Lang): string {
  return fields.map((field) => FIELD_WORDS[field][lang]).join(lang === 'zh' ? '、' : ', ');
}

const SLOTS = ['recipient', 'purpose', 'fields'] as const;
type Slot = (typeof SLOTS)[number];

function wordsOf({ recipientName, legalEntity, contact, purpose, fields }: ConsentParties, lang: Lang): Record<Slot, string> {
  const recipient =
    lang === 'zh' ? `${recipientName}（${legalEntity}，联系方式：${contact}）` : `${recipientName} (${legalEntity}, contact: ${contact})`;
  return { recipient, purpose: PURPOSE_WORDS[purpose][lang], fields: nameFields(fields, lang) };
}

const LABELS: Readonly<Record<Slot, Bilingual>> = {
  recipient: { zh: '接收方：', en: 'Recipient: ' },
  purpose: { zh: '处理目的：', en: 'Purpose: ' },
  fields: { zh: '个人信息种类：', en: 'Personal information: ' },
};

export const PURPOSE_WORDS: Readonly<Record<ConsentPurpose, Bilingual>> = {
  application: { zh: '受理并匹配您的贷款申请', en: 'handling and matching your loan application' },
  credit_decision: { zh: '贷款资格审核与授信审批', en: 'checking eligibility and deciding on your credit' },
  marketing: { zh: '向您推荐产品与优惠', en: 'telling you about products and offers' },
};

export const FIELD_WORDS: Readonly<Record<FieldName, Bilingual>> = {
  name: { zh: '姓名', en: 'name' },
  phone: { zh: '手机号码', en: 'phone number' },
  id_number: { zh: '身份证号码', en: 'ID number' },
  age: { zh: '年龄', en: 'age' },
  region: { zh: '户籍地区', en: 'region of registration' },
  monthly_income_fen: { zh: '月收入', en: 'monthly income' },
  employment: { zh: '职业状况', en: 'employment' },
  employer_type: { zh: '单位性质', en: 'type of employer' },
  years_employed: { zh: '工作年限', en: 'years employed' },
  education: { zh: '学历', en: 'education' },
  assets: {
    zh: '资产与信用情况（公积金、社保、房产、车辆、保单、信用卡、芝麻分）',
    en: 'assets and credit standing (housing fund, social security, house, car, insurance policy, credit card, Zhima score)',
  },
  amount_fen: { zh: '申请金额', en: 'amount applied for' },
  term_months: { zh: '申请期限', en: 'term applied for' },
  purpose: { zh: '借款用途', en: 'use of the loan' },
  id_photos: { zh: '身份证照片（正反面）', en: 'photos of the ID card (front and back)' },
  device_id: { zh: '设备标识', en: 'device identifier' },
  bank_card: { zh: '银行卡号及预留手机号（仅用于收款和还款）', en: 'bank card number and its phone (for payout and repayment only)' },
  ip: { zh: 'IP 地址', en: 'IP address' },
};
