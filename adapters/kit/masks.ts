/** Masks that prechecks ask for. A mask is still a disclosure of the field it hides: the field itself must be granted. */

/** 张三丰 -> 张**: the first character (code point) stays. */
export function maskName(name: string): string {
  const [first = '', ...rest] = name;
  return first + '*'.repeat(Math.max(1, rest.length));
}

/** 13812345678 -> 138****5678. */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** 110105199003072338 -> 11010519900307****: region and birth date stay, so that a funder can judge age. */
export function maskIdNumber(idNumber: string): string {
  return `${idNumber.slice(0, -4)}****`;
}

/** 张三丰 -> *三丰: the surname's place is hidden, as some prechecks have it. */
export function maskSurname(name: string): string {
  return `*${[...name].slice(1).join('')}`;
}

/** 张三丰 -> 张三: without its last character (code point). */
export function cutName(name: string): string {
  return [...name].slice(0, -1).join('');
}

/** 13812345678 -> 13812345: without its last three. Only 1,000 numbers are left, so this is the phone all but disclosed. */
export function cutPhone(phone: string): string {
  return phone.slice(0, -3);
}

/** 110105199003072338 -> 11010519900307: without its last four. */
export function cutIdNumber(idNumber: string): string {
  return idNumber.slice(0, -4);
}

/** 13812345678 -> 13812345: the first eight, sent beside the MD5 of the whole. */
export function phoneHead(phone: string): string {
  return phone.slice(0, 8);
}

/** 110105199003072338 -> 110105********2338: the birth date is hidden, region and end stay. */
export function maskIdMiddle(idNumber: string): string {
  return `${idNumber.slice(0, 6)}********${idNumber.slice(-4)}`;
}
