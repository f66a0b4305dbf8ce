/** The built files of the borrower's page, the embed and the console. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream;
  readonly contentType: string;
  /** How `body` is compressed; null when it is not. */
  readonly encoding: 'br' | 'gzip' | null;
}

export interface Pages {
  /**
   * A file by its path below the folder of built pages, such as `h5/index.html`; null when there is none.
   * `accepts` is the caller's Accept-Encoding, or empty for a body that is not compressed.
   */
  read(file: string, accepts: string): Promise<PageFile | null>;
}
