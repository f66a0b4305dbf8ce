/** What can be measured: how its server is started, what is posted to it, and how its answers show that an application is through. */

/** Addresses of the doubles and of the server, all on loopback. */
export interface Addresses {
  readonly server: string;
  readonly funder: string;
  readonly webhook: string;
}

export interface Launch {
  /** Arguments of Node: options, entry, arguments. Paths from the repository's root. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File in which the server writes the address that is to be asked, where that is not the one it was given. */
  readonly addressFile?: string;
}

export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Inbound {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The load tool's side of a started target. Called for every exchange: keep it cheap. */
export interface Session {
  /** The n-th application; each must be accepted by the server and be new to it. */
  request(n: number): LoadRequest;
  /** The funder's answer to a call. */
  answerFunder(call: Inbound): Reply;
  /** True for the one delivery that says that an application is through; each frees one place in the closed loop. */
  completes(delivery: Inbound): boolean;
}

export interface Target {
  readonly name: string;
  /** `dataDir` is empty, of this run alone, and removed after it. */
  launch(at: Addresses, dataDir: string): Launch;
  /** Path that answers 200 once the server is ready. */
  readonly readyPath: string;
  /** Runs in the load process when the server is ready: registers endpoints and the like. */
  open(at: Addresses): Promise<Session>;
}
