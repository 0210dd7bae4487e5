import type { Settings } from '../config';
import type { ApiRequest } from '../platform/api-request';
import { localAddress } from '../platform/start-problem';

/** Below which address people reach the application, as far as the settings say. */
export const publicOrigin = ({ PUBLIC_URL, HOST, PORT }: Settings): string => PUBLIC_URL?.replace(/\/+$/, '') ?? localAddress(HOST, PORT);

/**
 * The same, where a request is at hand: without PUBLIC_URL it is the address and port that this very request came in on.
 * Its Host header is not asked: whoever sends it chooses it.
 */
export function originOf(settings: Settings, request: Pick<ApiRequest, 'raw'>): string {
  const { localAddress: address, localPort } = request.raw.socket;
  if (settings.PUBLIC_URL !== undefined || address === undefined || localPort === undefined) return publicOrigin(settings);
  return localAddress(address.replace(/^::ffff:/, ''), localPort);
}

/** Where an invitation is redeemed, with POST. */
export const invitationUrl = (origin: string, token: string): string => `${origin}/api/v1/invitations/${token}`;
