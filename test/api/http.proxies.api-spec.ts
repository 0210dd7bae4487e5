import { SettingsError, readSettings } from '../../src/config';
import { type TestApp, startApp } from '../setup/app';

/** The network that a request is counted for: an address is used up by requests that say they come from it, if that is believed. */
const believes = async (api: TestApp, forwarded: string): Promise<string | undefined> => {
  await api.send('GET', '/people', undefined, { headers: { 'x-forwarded-for': forwarded }, token: 'x'.repeat(43) });
  for (;;) {
    const [row] = await api.database.query<{ address: string }>(
      `SELECT address FROM refused_request ORDER BY refused_request_id DESC LIMIT 1`,
    );
    if (row !== undefined) {
      await api.database.query(`DELETE FROM refused_request`);
      return row.address;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe.each([
  ['false', '127.0.0.1', '127.0.0.1'],
  ['1', '198.51.100.9', '203.0.113.7'],
  ['127.0.0.1', '198.51.100.9', '203.0.113.7'],
  ['127.0.0.0/8, 198.51.100.9', '203.0.113.7', '203.0.113.7'],
])('TRUST_PROXY=%s', (setting, ofTwo, ofOne) => {
  let api: TestApp;
  beforeAll(async () => {
    api = await startApp({ TRUST_PROXY: setting });
  });
  afterAll(() => api.close());

  it('takes the address from the proxies that it names, and from nobody before them', async () => {
    expect(await believes(api, '203.0.113.7, 198.51.100.9')).toBe(ofTwo);
    expect(await believes(api, '203.0.113.7')).toBe(ofOne);
  });
});

const trusted = (text: string): unknown => readSettings({ TRUST_PROXY: text }).TRUST_PROXY;

it.each([
  ['true', true],
  ['false', false],
  ['3', 3],
  ['10.0.0.5', ['10.0.0.5']],
  ['10.0.0.0/8,2001:db8::/32 , ::1', ['10.0.0.0/8', '2001:db8::/32', '::1']],
])('%s is read as %j', (text, value) => expect(trusted(text)).toEqual(value));

it.each(['yes', '0', '21', '-1', '1.5', '10.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', 'proxy', '10.0.0.1,all', ','])(
  '%s is no such setting',
  (text) => {
    expect(() => trusted(text)).toThrow(SettingsError);
  },
);
