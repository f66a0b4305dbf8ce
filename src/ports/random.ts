/** Randomness comes in through here, so that a simulation can seed it. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** Uniform in [0, 1). */
  uniform(): number;
}
