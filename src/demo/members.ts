import type { ApiClient } from './api-client';

/** Somebody of the demo who is signed in. */
export interface Member {
  readonly id: string;
  readonly api: ApiClient;
}

/** Everybody by key: `engineer1`. */
export type Members = (key: string) => Member;
