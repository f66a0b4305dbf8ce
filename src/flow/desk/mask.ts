/** How people appear at the desk: enough to tell two apart on the phone with one of them, no more. */

/** 张三 -> 张*, John Smith -> J*. The length is hidden too. */
export function maskName(name: string): string {
  const first = [...name][0];
  return first === undefined ? '' : `${first}*`;
}

/** 13800000001 -> 138****0001. */
export function maskPhone(phone: string): string {
  return phone.length === 11 ? `${phone.slice(0, 3)}****${phone.slice(-4)}` : '****';
}

/** 110105199003072338 -> 110***********2338. */
export function maskIdNumber(idNumber: string): string {
  return idNumber.length === 18 ? `${idNumber.slice(0, 3)}***********${idNumber.slice(-4)}` : '****';
}
