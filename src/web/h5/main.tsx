/** @jsxImportSource preact */
/** The borrower's page. */
import { render } from 'preact';

render(<main />, document.querySelector('#page')!);
