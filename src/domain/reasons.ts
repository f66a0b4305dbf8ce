/**
 * Every reason Millrace gives a borrower: one closed table of code -> sentence in both languages.
 * The sentences are calm and true, and say what would help. Those that guard against fraud stay neutral and never name what gave someone
 * away. Funders' own codes and numbers go into the operator's detail, never in here.
 */
import type { Bilingual } from './failures.ts';

const PRESCREEN = {
  incomplete: { zh: '还有几项没有填写，补全后就可以提交。', en: 'A few answers are still missing. Fill them in and you can submit.' },
  id_invalid: {
    zh: '身份证号没有通过校验，请对照身份证核对后再提交。',
    en: 'The ID number did not pass its check. Please compare it with your card and submit again.',
  },
  under_age: {
    zh: '您的年龄目前低于可受理的范围，到达年龄后欢迎再来。',
    en: 'You are below the age we can take applications from. You are welcome to come back once you reach it.',
  },
  over_age: {
    zh: '您的年龄超出目前可受理的范围，很抱歉这次帮不上忙。',
    en: 'You are above the age we can take applications from at present. We are sorry we cannot help this time.',
  },
  student: {
    zh: '按照规定，我们不为在校学生提供贷款申请服务。毕业并有稳定收入后欢迎再来。',
    en: 'By regulation we take no loan applications from students. You are welcome once you have graduated and have a steady income.',
  },
  photo_missing: {
    zh: '还缺身份证照片，拍好上传后就可以继续。',
    en: 'A photo of your ID card is still missing. Take it, upload it, and you can continue.',
  },
  photo_poor: {
    zh: '身份证照片看不清，请在光线充足处重新拍一张。',
    en: 'The photo of your ID card is hard to read. Please take it again in good light.',
  },
  blacklisted: {
    zh: '我们目前无法受理您的申请。如果您认为有误，可以要求人工复核。',
    en: 'We cannot take your application at present. If you think this is a mistake, you can ask for a person to review it.',
  },
  duplicate: {
    zh: '您最近已经提交过一份申请，请查看那份申请的进度，不必重复提交。',
    en: 'You have submitted an application recently. Please look at its progress; there is no need to apply again.',
  },
  too_many_applications: {
    zh: '近期的申请次数较多，暂时无法受理。请过几天再试，频繁申请也可能影响审批。',
    en: 'There have been many applications lately, so we cannot take this one now. Please try again in a few days; applying often can count against you.',
  },
  region: { zh: '您所在的地区目前还没有可申请的产品。', en: 'There is no product for your region at present.' },
  amount_out_of_range: {
    zh: '申请的金额不在可受理的范围内，请调整金额后再申请。',
    en: 'The amount is outside what we can arrange. Please change it and apply again.',
  },
  operator_rule: {
    zh: '根据目前的受理条件，这份申请无法继续。如果您认为有误，可以要求人工复核。',
    en: 'Under our present conditions this application cannot go on. If you think this is a mistake, you can ask for a person to review it.',
  },
  under_review: {
    zh: '您的申请需要人工再看一眼，暂时不用您做什么，有结果会通知您。',
    en: 'A person needs to look at your application. There is nothing for you to do now; we will let you know.',
  },
} as const satisfies Record<string, Bilingual>;

/** One for each code of an adapter's `FunderReason`, prefixed: a funder's no is not ours. */
const FUNDER = {
  funder_credit: {
    zh: '资金方的综合信用评估没有通过。按时还款、减少近期借款，过几个月再申请会更有希望。',
    en: 'The funder’s credit assessment was not passed. Paying on time and borrowing less for some months would help.',
  },
  funder_income: {
    zh: '收入没有达到该资金方的要求。降低申请金额，或补充公积金、社保等信息会有帮助。',
    en: 'Income is below what this funder asks for. A smaller amount, or adding your housing fund and social security, would help.',
  },
  funder_age: { zh: '您的年龄不在该资金方的受理范围内。', en: 'Your age is outside what this funder accepts.' },
  funder_region: { zh: '该资金方目前不在您的地区开展业务。', en: 'This funder does not lend in your region at present.' },
  funder_existing_customer: {
    zh: '您已经是该资金方的客户，可以直接在它那里查看额度。',
    en: 'You are already a customer of this funder. You can ask it directly about your limit.',
  },
  funder_recent_rejection: {
    zh: '该资金方近期处理过您的申请，需要隔一段时间才能再次申请。',
    en: 'This funder has decided on an application of yours recently. Some time must pass before it looks at another.',
  },
  funder_blacklist: {
    zh: '该资金方目前无法受理您的申请，具体原因可以向它查询。',
    en: 'This funder cannot take your application at present. You can ask it for the reason.',
  },
  funder_identity: {
    zh: '该资金方没有核实到您的身份信息，请核对姓名、身份证号和手机号是否为本人。',
    en: 'This funder could not confirm your identity. Please check that name, ID number and phone are your own.',
  },
  funder_amount: {
    zh: '申请的金额或期限不在该资金方的范围内，可以换一个金额或期限。',
    en: 'The amount or term is outside what this funder offers. Another amount or term may work.',
  },
  funder_duplicate: {
    zh: '您在该资金方已有一份正在处理的申请，请等待那份申请的结果。',
    en: 'This funder already has an application of yours. Please wait for its answer.',
  },
  funder_other: {
    zh: '该资金方没有通过这次申请，也没有说明具体原因。',
    en: 'This funder did not approve the application and gave no particular reason.',
  },
} as const satisfies Record<`funder_${string}`, Bilingual>;

const OUTCOME = {
  no_funder_available: {
    zh: '目前没有适合您情况的资金方。您的资料没有因此发给任何一家，条件变化后可以再申请。',
    en: 'No funder suits your application at present. Your data was sent to none of them; you can apply again when things change.',
  },
  all_declined: {
    zh: '这次询问的资金方都没有通过。下面列出了每家的原因，按建议改善后可以再来。',
    en: 'None of the funders we asked approved this time. Each one’s reason is listed; you are welcome back once things have improved.',
  },
  deadline: {
    zh: '这份申请在有效期内没有完成，已经结束。您可以重新申请。',
    en: 'This application was not completed in time and has ended. You can apply again.',
  },
  withdrawn: {
    zh: '您已撤回这份申请，我们不会再把您的资料发给任何资金方。',
    en: 'You have withdrawn this application. We will send your data to no further funder.',
  },
  consent_timeout: {
    zh: '我们没有等到您的授权，申请已经结束，您的资料没有发给还未授权的资金方。您可以重新申请。',
    en: 'Your consent did not arrive in time and the application has ended. Nothing was sent to funders you had not agreed to. You can apply again.',
  },
} as const satisfies Record<string, Bilingual>;

/** What can be wrong with a photo; the problem codes of `ports/images`. */
const PHOTO = {
  not_an_image: {
    zh: '这个文件不是能打开的照片，请重新拍摄或换一张。',
    en: 'This file is not a photo we can open. Please take it again or choose another.',
  },
  unsupported_format: {
    zh: '暂不支持这种图片格式，请用 JPG、PNG 或 WebP。苹果手机可在“设置 - 相机 - 格式”里选“兼容性最佳”。',
    en: 'This picture format cannot be used. Please send JPEG, PNG or WebP; on an iPhone choose Settings, Camera, Formats, Most Compatible.',
  },
  too_small: {
    zh: '照片太小，证件上的字看不清，请用手机拍原图上传。',
    en: 'The photo is too small to read. Please upload the original from your phone.',
  },
  too_large: {
    zh: '照片尺寸太大，请用普通模式拍摄，不要用高像素模式。',
    en: 'The photo has too many pixels. Please use your camera’s normal mode, not its high-resolution one.',
  },
  blurred: { zh: '照片有些模糊，请拿稳手机，靠近一点再拍一张。', en: 'The photo is blurred. Please hold the phone still and move a little closer.' },
  too_dark: { zh: '照片太暗，请到光线好的地方再拍一张。', en: 'The photo is too dark. Please take it again where there is more light.' },
  too_bright: {
    zh: '照片太亮或反光，请避开强光再拍一张。',
    en: 'The photo is too bright or has glare. Please take it again away from strong light.',
  },
  wrong_shape: {
    zh: '照片太长或太窄，请只拍身份证这一面，四边对齐。',
    en: 'The photo is too long or too narrow. Please photograph just this side of the card, edges in line.',
  },
} as const satisfies Record<string, Bilingual>;

export const REASONS = { ...PRESCREEN, ...FUNDER, ...OUTCOME, ...PHOTO };

export type ReasonCode = keyof typeof REASONS;
export type FunderReasonCode = keyof typeof FUNDER;
export type PhotoProblem = keyof typeof PHOTO;

/** The sentence for a borrower. */
export function reasonText(code: ReasonCode, lang: keyof Bilingual): string {
  return REASONS[code][lang];
}

/** True for a code of the table; for codes read back from the store. */
export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}

/** The reason for a funder's no: `credit` -> `funder_credit`; a code we have no sentence for is `funder_other`. */
export function funderReason(code: string): FunderReasonCode {
  const key = `funder_${code}`;
  return Object.hasOwn(FUNDER, key) ? (key as FunderReasonCode) : 'funder_other';
}
