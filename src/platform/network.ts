import { isIPv6 } from 'node:net';

/** Some proxies send the port along: `192.0.2.1:5555`, `[2001:db8::1]:5555`. Without brackets an IPv6 address has none. */
const withoutPort = (address: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;

/**
 * The network that an address stands for: an IPv6 address by its first 64 bits, which one household has to itself; anything else as it is.
 * An IPv4 address in its IPv6 spelling is the IPv4 address; a port is no part of it.
 */
export function networkOf(addressed: string): string {
  const address = withoutPort(addressed);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
    : before;
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
