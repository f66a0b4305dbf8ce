/** Before tests that serve pages: they are those of the sources. */
import { ensureWeb } from '../scripts/web.mjs';

export default ensureWeb;
