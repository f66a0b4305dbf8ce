/** Sends short messages. The sandbox sender keeps them in memory; a real gateway is another implementation. */
export interface Messages {
  /** Returns whether the gateway took it. Never logs the code or the phone. */
  sendCode(phone: string, code: string): Promise<{ readonly taken: boolean }>;
}
