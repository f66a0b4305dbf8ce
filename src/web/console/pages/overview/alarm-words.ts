/** The detail of an alarm in the operator's language. Those of changes come in both; the others are told in English with numbers in fixed places. */
import type { Lang } from '../../language-kept.ts';

export function alarmWords(kind: string, detail: string, lang: Lang): string {
  const chinese = detail.search(/\p{Script=Han}/u);
  if (chinese > 0) return lang === 'zh' ? detail.slice(chinese) : detail.slice(0, chinese).trim();
  if (lang === 'en') return detail;
  const [pattern, words] = CHINESE[kind] ?? [];
  if (pattern === undefined || words === undefined) return detail;
  return pattern.test(detail) ? spans(detail.replace(pattern, words)) : detail;
}

const CHINESE: Readonly<Record<string, readonly [pattern: RegExp, words: string]>> = {
  callback_gap: [/^(\d+) wait, no callback for (.+)$/, '$1 件在等，已有 $2 没有回调'],
  prechecks_for_nothing: [/^(\d+) prechecks, (\d+) taken further$/, '准入查询 $1 次，进一步送件 $2 次'],
  takes_and_never_approves: [/^(\d+) submitted, (\d+) declined, none approved$/, '送件 $1，拒绝 $2，无一批准'],
  channel_probing: [/^(\d+%) of (\d+) prechecks are customers already, usual (\d+%)$/, '$2 次准入查询中 $1 已是资金方客户，平常为 $3'],
  stuck: [/(\w+): (\d+), oldest ([^;]+)(; )?/g, '$1：$2 件，最久 $3$4'],
};

function spans(text: string): string {
  return text
    .replaceAll(/(\d+) min/g, '$1 分钟')
    .replaceAll(/(\d+) h\b/g, '$1 小时')
    .replaceAll(/(\d+) d\b/g, '$1 天')
    .replaceAll('unknown', '结果不明')
    .replaceAll('pending', '审批中')
    .replaceAll('disbursing', '放款中')
    .replaceAll('contracting', '签约中');
}
