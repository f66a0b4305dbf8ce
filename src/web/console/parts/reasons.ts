/** Short words for the reasons of prescreen; a rule of the operators' own is told by its code. */
import { useLanguage } from '../language.tsx';

export function useReasons(): (code: string) => string {
  const { lang } = useLanguage();
  return (code) => REASONS[code]?.[lang] ?? code;
}

const REASONS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  incomplete: { zh: '资料不全', en: 'Incomplete' },
  id_invalid: { zh: '身份证号无效', en: 'ID number invalid' },
  under_age: { zh: '年龄过小', en: 'Too young' },
  over_age: { zh: '年龄过大', en: 'Too old' },
  student: { zh: '在校学生', en: 'Student' },
  photo_missing: { zh: '缺证件照', en: 'Photo missing' },
  photo_poor: { zh: '证件照不清', en: 'Photo poor' },
  blacklisted: { zh: '黑名单', en: 'Blacklisted' },
  duplicate: { zh: '重复申请', en: 'Duplicate' },
  too_many_applications: { zh: '申请过频', en: 'Too many applications' },
  region: { zh: '地区不支持', en: 'Region' },
  amount_out_of_range: { zh: '金额超范围', en: 'Amount out of range' },
  operator_rule: { zh: '运营规则', en: 'Operator’s rule' },
  under_review: { zh: '待人工复核', en: 'Under review' },
};
