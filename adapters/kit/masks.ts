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
