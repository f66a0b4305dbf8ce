/** Looks at an ID photo. Decoding happens only after type, size and header dimensions were found acceptable. */
export interface ImageReport {
  readonly ok: boolean;
  /** Codes of domain/reasons: `not_an_image`, `too_small`, `too_large`, `blurred`, `too_dark`, `too_bright`, `wrong_shape`. */
  readonly problems: readonly string[];
  readonly widthPx: number;
  readonly heightPx: number;
  /** Variance of the Laplacian over the grey image scaled to a fixed width; larger is sharper. */
  readonly sharpness: number;
  /** The photo decoded and encoded again (JPEG, metadata gone), null when it could not be read. */
  readonly jpeg: Uint8Array | null;
}

export interface Images {
  inspect(bytes: Uint8Array): Promise<ImageReport>;
}
