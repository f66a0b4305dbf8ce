/** @jsxImportSource preact */
/** The borrower's page: from the first look to the repayment plan, in one place that can be left and come back to. */
import './older.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { LanguageProvider } from './language.tsx';

const page = document.querySelector('#page')!;
page.replaceChildren();
render(
  <LanguageProvider>
    <App />
  </LanguageProvider>,
  page,
);
