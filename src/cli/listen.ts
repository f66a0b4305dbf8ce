export const listen = null as never;
