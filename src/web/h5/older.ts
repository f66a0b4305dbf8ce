/** What browsers of 2020, as they still live in chat programs, lack of what the page uses. */
Object.hasOwn ??= (of: object, name: PropertyKey): boolean => Object.prototype.hasOwnProperty.call(of, name);
String.prototype.replaceAll ??= function (this: string, what: string | RegExp, by: string | ((part: string) => string)): string {
  if (typeof what !== 'string') return this.replace(what, by as string);
  return this.split(what).join(by as string);
};
