/** Whether a link that somebody else gave us may be shown to a person: absolute, of the web, without credentials in it, not absurdly long. */
const MOST_CHARS = 4_096;

/** `allowHttp` for a sandbox on one machine. Never throws. */
export function isWebLink(text: string, options: { readonly allowHttp: boolean }): boolean {
  if (text.length > MOST_CHARS || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return (protocol === 'https:' || (options.allowHttp && protocol === 'http:')) && username === '' && password === '' && hostname !== '';
}
