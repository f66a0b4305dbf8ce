/** @jsxImportSource preact */
/** What stands above every screen: where one is, and the other language one tap away. */
import { useLanguage } from '../language.tsx';

export function Top() {
  const { lang, choose } = useLanguage();
  const other = lang === 'zh' ? 'en' : 'zh';
  return (
    <header class="top">
      <span class="name">{lang === 'zh' ? '借款申请 · 我们不放贷' : 'Loan application · not a lender'}</span>
      <button type="button" class="button link" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => choose(other)}>
        {other === 'zh' ? '中文' : 'English'}
      </button>
    </header>
  );
}
