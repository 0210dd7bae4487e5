import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { makeTrio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';
import { isDeep } from '../deep/deep';
import { tell } from './counts';
import { type Described, type Schema, described, resolved } from './document';
import { hostilePaths, hostileTexts, pollution } from './hostile';
import { everythingIn } from './world';

let api: TestApp;
let engineer: TestPerson;
let mentor: TestPerson;
let admin: TestPerson;
let auditor: TestPerson;
const counts: Record<string, number> = {};
const count = (what: string, n = 1): void => {
  counts[what] = (counts[what] ?? 0) + n;
};

beforeAll(async () => {
  api = await startApp();
  ({ engineer, mentor } = await makeTrio(api));
  admin = await makePerson(api, { roles: ['admin'] });
  auditor = await makePerson(api, { roles: ['auditor'] });
});
afterAll(async () => {
  await api.close();
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  tell('hostile inputs', total, counts);
  expect(total).toBeGreaterThanOrEqual(500);
});

/** One line as it is kept (a title, a label): NFC, one space for all white space. */
const line = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
const inert = ({ headers }: Answer): unknown[] => [
  headers.get('content-type'),
  headers.get('x-content-type-options'),
  headers.get('content-security-policy')?.startsWith("default-src 'none'"),
];
const json = ['application/json; charset=utf-8', 'nosniff', true];
const problem = ['application/problem+json; charset=utf-8', 'nosniff', true];

describe('hostile texts come back as they were sent, or are refused', () => {
  test.each(hostileTexts.filter((_, i) => isDeep || i % 4 === 0))('$what', async ({ text, refused }) => {
    const work = {
      title: text,
      description: text,
      outcome: text,
      supervisedBy: text,
      links: [{ url: 'https://example.test/', label: text }],
      supports: [{ statement: 'sfia-9:ITOP.1.1', rationale: text }],
    };
    const logged = await engineer.post('/engineers/me/evidence', work);
    if (refused === true) {
      // each field by itself is refused, too
      for (const [name, value] of Object.entries(work)) {
        const plain = { title: 'Work', description: 'Work.', [name]: value };
        const { status, body } = await engineer.post('/engineers/me/evidence', plain);
        expect([name, status, body['code']]).toEqual([name, 400, 'malformed']);
        count('texts');
      }
      expect(inert(logged)).toEqual(problem);
      return;
    }
    expect([logged.status, inert(logged)]).toEqual([201, json]);
    const kept = {
      title: line(text),
      description: text,
      outcome: text,
      supervisedBy: line(text),
      links: [{ label: line(text) }],
      supports: [{ rationale: text }],
    };
    for (const reader of isDeep ? [engineer, mentor, auditor] : [mentor]) {
      const { body } = await reader.get(`/engineers/${engineer.id}/evidence/${String(logged.body['id'])}`);
      expect(body).toMatchObject(kept);
      count('texts', 6);
    }
  });

  test.each(hostileTexts.filter((_, i) => isDeep || i % 4 === 1))('$what, of people, claims and tokens', async ({ text, refused }) => {
    const expected = refused === true ? 400 : 201;
    const made = await admin.post<{ id: string; name: string }>('/people', {
      name: text,
      email: `hostile${Math.random()}@example.test`,
    });
    expect([made.status, inert(made)]).toEqual([expected, refused === true ? problem : json]);
    if (refused !== true) expect(made.body.name).toBe(text.trim());
    const accredited = { skill: 'sfia-9:ITOP', upToLevel: 1, reason: text };
    const accreditation = await admin.post(`/people/${engineer.id}/accreditations`, accredited);
    expect(accreditation.status).toBe(expected);
    if (refused !== true) expect(accreditation.body['reason']).toBe(text);
    const claim = await engineer.post<{ id: string; summary: string }>('/engineers/me/claims', {
      skillLevel: 'sfia-9:ITOP.1',
      summary: text,
    });
    expect(claim.status).toBe(expected);
    count('texts', 2);
    if (refused === true) return;
    expect(claim.body.summary).toBe(text);
    const path = `/engineers/me/claims/${claim.body.id}`;
    const withdrawn = await engineer.post<{ history: { reason?: string }[] }>(
      `${path}/withdrawal`,
      { reason: text },
      { ifMatch: claim.etag ?? '' },
    );
    expect([withdrawn.status, withdrawn.body.history.at(-1)?.reason]).toEqual([200, text]);
    count('texts');
  });

  test('tags are kept in lower case, and whatever is looked for is only looked for', async () => {
    for (const { text, refused } of hostileTexts) {
      const tag = text.slice(0, 40);
      const { status, body } = await engineer.post('/engineers/me/evidence', { title: 'Tagged', description: 'Tagged.', tags: [tag] });
      if (refused === true && /^[\s\u200b-\u200d\u2060]*$|[\0\ud800-\udfff]/.test(tag)) expect(status).toBe(400);
      else expect([status, body['tags']]).toEqual([201, [line(tag).toLowerCase()]]);
      count('texts');
    }
  });
});

describe('queries', () => {
  const query = described.flatMap((route) =>
    route.method === 'GET' ? route.parameters.filter((one) => one.in === 'query').map(({ name }) => [route, name] as const) : [],
  );
  const pathOf = ({ path }: Described): string =>
    path
      .replace('{managerId}', 'me')
      .replace('{personId}', 'me')
      .replaceAll(/\{engineerId\}/g, 'me');
  const listed = query.filter(([route]) => !/\{(?!engineerId|managerId|personId)/.test(route.path));
  const readerOf = ({ path }: Described): TestPerson =>
    /administration|shortages/.test(path)
      ? admin
      : /\/ledger|v1\/sign-offs|\/organisation\//.test(path) && !path.includes('{')
        ? auditor
        : engineer;

  test.each(listed.map(([route, name]) => [`${route.route} ${name}`, route, name] as const))('%s', async (_, route, name) => {
    const required = route.path.endsWith('/readiness') && name !== 'skillLevel' ? '&skillLevel=sfia-9:ITOP.1' : '';
    const ask = (text: string): Promise<Answer> => readerOf(route).get(`${pathOf(route)}?${text}${required}`);
    // a quarter of them for each parameter where time is short, another for each
    const turn = listed.findIndex((one) => one[0] === route && one[1] === name) % 10;
    const texts = hostileTexts.filter(({ text }, i) => text.isWellFormed() && (isDeep || i % 10 === turn));
    for (const { text } of texts) {
      const { status } = await ask(`${name}=${encodeURIComponent(text)}`);
      expect([name, text, [200, 400, 404, 422].includes(status)]).toEqual([name, text, true]);
      count('queries');
    }
    // given twice, as a list, as an object, and under names that poison
    for (const text of [
      `${name}=1&${name}=2`,
      `${name}[]=1`,
      `${name}[$gt]=1`,
      `${name}[__proto__]=1`,
      `${name}.x=1`,
      `__proto__[${name}]=1`,
      `constructor=1&${name}=x`,
    ]) {
      const answer = await ask(text);
      expect([text, answer.status, inert(answer)]).toEqual([text, 400, problem]);
      count('queries');
    }
  });
});

describe('bodies', () => {
  const withBody = described.filter(({ bodies, path }) => 'application/json' in bodies && !path.includes('/frameworks/imports'));
  /** Everybody who might be let through, so that it is the body that is refused. */
  const callers = ({ path }: Described): TestPerson[] =>
    isDeep ? [engineer, mentor, admin] : [/\/(people|policies|mentors|revocation)/.test(path) ? admin : engineer];
  const fill = (path: string): string =>
    path
      .replace('{engineerId}', 'me')
      .replace('{personId}', engineer.id)
      .replace('{skillLevel}', 'sfia-9:ITOP.1')
      .replace('{skill}', 'sfia-9:ITOP')
      .replace('{statement}', 'sfia-9:ITOP.1.1')
      .replaceAll(/\{\w+\}/g, '01931b2e-7c00-7000-8000-000000000001');
  const send = (
    caller: TestPerson,
    { method, path }: Described,
    raw: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    api.send(method, fill(path), undefined, {
      token: caller.token,
      raw,
      headers: { 'content-type': 'application/json', 'if-match': '"never-seen"', ...headers },
    });
  /** A body of the examples that the document gives. */
  const example = (given: Schema): unknown => {
    const schema = resolved(given);
    if (schema.properties !== undefined)
      return Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, example(one)]));
    if (schema.items !== undefined) return schema.examples?.[0] ?? [example(schema.items)];
    return schema.examples?.[0] ?? 'x';
  };
  const bodyOf = ({ bodies }: Described): Record<string, unknown> => example(bodies['application/json'] ?? {}) as Record<string, unknown>;

  test.each(withBody.map((route) => [route.route, route] as const))('%s takes nothing but what it is made for', async (_, route) => {
    const before = await everythingIn(api);
    const body = bodyOf(route);
    const texts = [
      // names that poison, at the top and within
      ...pollution.map((name) => `{"${name}":{"polluted":1},${JSON.stringify(body).slice(1)}`.replace(',}', '}')),
      ...pollution.slice(0, 3).map((name) => JSON.stringify({ ...body, x: { y: [{}] } }).replace('{}', `{"${name}":1}`)),
      // what is a text, as a list, an object, a number; what is a list or an object, as a text
      ...Object.entries(body).flatMap(([name, value]) =>
        [[value, value, value], { $ne: null }, 5e300, typeof value === 'boolean' ? 'true' : true].map((other) =>
          JSON.stringify({ ...body, [name]: other }),
        ),
      ),
      // too deep, by one and by far
      JSON.stringify({ ...body, deep: 0 }).replace('"deep":0', `"deep":${'['.repeat(32)}${']'.repeat(32)}`),
      `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      `{"deep":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      // nearly JSON
      "{'a':1}",
      '{"a":1,}',
      '{"a":undefined}',
      '{"a":NaN}',
      '{"a":1}{"a":2}',
      '\u0000{}',
      '//comment\n{}',
    ];
    for (const text of texts) {
      for (const caller of callers(route)) {
        const answer = await send(caller, route, text);
        const isRefused = [400, 403, 404].includes(answer.status);
        expect([text.slice(0, 200), answer.status, isRefused]).toEqual([text.slice(0, 200), answer.status, true]);
        expect(inert(answer)).toEqual(problem);
      }
      count('bodies');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(await everythingIn(api)).toEqual(before);
  });

  test.each(withBody.map((route) => [route.route, route] as const))('%s takes no more than 1 MiB', async (_, route) => {
    for (const bytes of [Buffer.alloc(1_048_577, 0x20), Buffer.from(JSON.stringify({ a: 'x'.repeat(1_100_000) }))]) {
      const answer = await send(engineer, route, bytes);
      expect([answer.status, answer.body['code'], inert(answer)]).toEqual([413, 'too-large', problem]);
      count('bodies');
    }
  });

  const evidence = described.find(({ route }) => route === 'POST /api/v1/engineers/{engineerId}/evidence');
  const plain = JSON.stringify({ title: 'Work', description: 'Work.' });
  const log = (raw: string | Uint8Array, headers: Record<string, string>): Promise<Answer> =>
    evidence === undefined ? Promise.reject(new Error('no such route')) : send(engineer, evidence, raw, headers);

  test.each([
    ...[
      'text/plain',
      'text/html',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
    ],
    ...[
      'application/jsonp',
      'application/json5',
      'text/json',
      'image/svg+xml',
      'application/x-json',
      'x',
      '/',
      'application/',
      '*/*',
      'application/json, text/html',
    ],
    ...[';', 'json'],
  ])('%s is no media type for a body of JSON', async (type) => {
    const { status, body } = await log(plain, { 'content-type': type });
    expect([status, body['code']]).toEqual([415, 'wrong-media-type']);
    // who asks comes first
    const stranger = await api.send('POST', '/engineers/me/evidence', undefined, { raw: plain, headers: { 'content-type': type } });
    expect(stranger.status).toBe(401);
    count('media types', 2);
  });

  test('what is packed is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'identity, gzip', 'x']) {
      const { status } = await log(bomb, { 'content-encoding': encoding });
      expect([encoding, status]).toEqual([encoding, 400]);
      count('media types');
    }
  });

  test('bytes that are not UTF-8 are refused; a mark of byte order is none of the text', async () => {
    const wrong = [
      [0xff],
      [0xfe, 0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ];
    for (const bytes of wrong) {
      const raw = Buffer.concat([Buffer.from('{"title":"'), Buffer.from(bytes), Buffer.from('","description":"y"}')]);
      const { status } = await log(raw, {});
      expect([bytes, status]).toEqual([bytes, 400]);
      count('media types');
    }
    expect((await log(Buffer.from(plain, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' })).status).toBe(400);
    const marked = await log(`\ufeff${plain}`, {});
    expect([marked.status, marked.body['title']]).toEqual([201, 'Work']);
    count('media types', 2);
  });
});

describe('what is sent on the wire', () => {
  /** Sends bytes on a connection of its own; answers all that comes back until it is closed, or quiet for a while. */
  const wire = (bytes: string | Buffer): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(api.origin);
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.setTimeout(400, () => socket.end());
      socket.on('data', (data) => (text += data.toString('latin1')));
      socket.on('close', () => resolve(text));
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(text) : reject(error),
      );
    });
  const statuses = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const bearer = (): string => `Authorization: Bearer ${engineer.token}\r\n`;
  const smuggled = (): string => `DELETE /api/v1/sessions/current HTTP/1.1\r\nHost: x\r\n${bearer()}\r\n`;
  const isSignedIn = async (): Promise<boolean> => (await engineer.get('/me')).status === 200;

  test.each<[string, () => string | Buffer]>([
    [
      'a length and chunks',
      () =>
        `POST /api/v1/engineers/me/evidence HTTP/1.1\r\nHost: x\r\n${bearer()}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled()}`,
    ],
    [
      'chunks and a length',
      () =>
        `POST /api/v1/engineers/me/evidence HTTP/1.1\r\nHost: x\r\n${bearer()}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled()}`,
    ],
    [
      'two lengths',
      () =>
        `POST /api/v1/engineers/me/evidence HTTP/1.1\r\nHost: x\r\n${bearer()}Content-Length: 0\r\nContent-Length: ${smuggled().length}\r\n\r\n${smuggled()}`,
    ],
    ['a length with a sign', () => `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n${smuggled()}`],
    ['a length that is none', () => `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\n${smuggled()}`],
    ['a length below nothing', () => `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n${smuggled()}`],
    ['chunks by another name', () => `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled()}`],
    [
      'chunks twice',
      () =>
        `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled()}`,
    ],
    ['chunks after a tab', () => `POST /api/v1/me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${smuggled()}`],
    [
      'a size of a chunk that is none',
      () => `POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${smuggled()}`,
    ],
    ['a space before the colon', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n${smuggled()}`],
    ['a folded header', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A: a\r\n\tTransfer-Encoding: chunked\r\n \r\n\r\n`],
    ['no host', () => `GET /api/v1/me HTTP/1.1\r\n${bearer()}\r\n`],
    ['two hosts', () => `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
    ['NUL in a header', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n`],
    ['a bare line feed', () => `GET /api/v1/me HTTP/1.1\nHost: x\n\n`],
    ['a bare carriage return', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\rX-A: b\r\n\r\n`],
    ['no version', () => `GET /api/v1/me\r\n\r\n`],
    ['a version that is none', () => `GET /api/v1/me HTTP/9.9\r\nHost: x\r\n\r\n`],
    ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that is none', () => `FOO /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a connection to somewhere else', () => `CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n`],
    ['an upgrade', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
    ['a trace', () => `TRACE /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Secret: zq\r\n\r\n`],
    ['headers without end', () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`],
    [
      'three thousand headers',
      () => `GET /api/v1/me HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 3_000 }, (_, i) => `A${i}: b\r\n`).join('')}\r\n`,
    ],
    ['TLS', () => Buffer.from('16030100a5010000a10303', 'hex')],
    ['nothing that can be read', () => Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10])],
  ])('%s', async (_, bytes) => {
    const before = await everythingIn(api);
    const answer = await wire(bytes());
    // one answer at most, of which none says yes, and nothing after it was taken for a request
    expect([statuses(answer).length <= 1, statuses(answer).every((status) => status >= 400 && status < 500)]).toEqual([true, true]);
    expect(answer).not.toMatch(/zq|node_modules|\bat .*\.(js|ts):\d/);
    expect(await isSignedIn()).toBe(true);
    expect(await everythingIn(api)).toEqual(before);
    count('wire');
  });

  test.each(hostilePaths)('%s leads nowhere', async (path) => {
    const answer = await wire(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'utf8'));
    const [status = 0] = statuses(answer);
    // there is nothing for somebody who is not signed in: what is 200 is a page that is open to everybody
    expect([status >= 400 && status < 500 ? 'refused' : `${status} ${/<title>Touchstone/.test(answer)}`]).toEqual([
      expect.stringMatching(/^refused$|^30[1278] |^200 true$/),
    ]);
    expect(answer).not.toMatch(/root:x:|"scripts"|\[core\]|ref: refs|DATABASE_URL|node_modules/);
    count('paths');
  });

  test('headers that promise another method, path, address or person change nothing', async () => {
    const own = (await engineer.get('/me')).body;
    for (const [name, value] of [
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-HTTP-Method', 'DELETE'],
      ['X-Method-Override', 'DELETE'],
      ['X-Original-URL', '/api/v1/people'],
      ['X-Rewrite-URL', '/api/v1/people'],
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'gopher'],
      ['X-Forwarded-User', 'admin'],
      ['X-Remote-User', 'admin'],
      ['X-User-Id', '1'],
      ['X-Real-IP', '127.0.0.1'],
      ['Forwarded', 'for=127.0.0.1;host=evil.example'],
      ['Via', '1.1 evil'],
      ['Accept-Version', '99'],
      ['Range', 'bytes=0-1'],
      ['Expect', '100-continue'],
      ['Referer', 'http://evil.example/<script>'],
      ['User-Agent', '<script>alert(1)</script>'],
      ['Accept-Language', '../../etc/passwd'],
      ['Cookie', '__proto__=1; constructor=2; session=x'],
    ] as const) {
      const answer = await wire(`GET /api/v1/me HTTP/1.1\r\nHost: x\r\n${bearer()}${name}: ${value}\r\nConnection: close\r\n\r\n`);
      expect([name, statuses(answer).at(-1), answer.includes(String(own['id'])), /evil|access-control-allow/i.test(answer)]).toEqual([
        name,
        200,
        true,
        false,
      ]);
      count('headers');
    }
  });

  test('an invitation leads here, whatever host was asked for', async () => {
    for (const headers of [{ 'x-forwarded-host': 'evil.example' }, { forwarded: 'host=evil.example' }, { 'x-forwarded-proto': 'https' }]) {
      const email = `invited${Math.random()}@example.test`;
      const { body } = await admin.post<{ invitation: { url: string } }>('/people', { name: 'Invited', email }, { headers });
      expect(body.invitation.url.startsWith(`${api.origin}/`)).toBe(true);
      count('headers');
    }
    const email = `invited${Math.random()}@example.test`;
    const content = JSON.stringify({ name: 'Invited', email });
    const answer = await wire(
      `POST /api/v1/people HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${admin.token}\r\nContent-Type: application/json\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n${content}`,
    );
    expect([statuses(answer), answer.includes('evil.example')]).toEqual([[201], false]);
    count('headers');
  });

  test('a token that is nearly one is none', async () => {
    const { token } = engineer;
    const wrong = [
      ...[
        '',
        'Bearer',
        'Bearer ',
        `bearer${token}`,
        `Basic ${token}`,
        `Token ${token}`,
        token,
        `Bearer ${token}x`,
        `Bearer ${token.slice(1)}`,
      ],
      ...[
        `Bearer ${token},${token}`,
        `Bearer ${token} ${token}`,
        `Bearer "${token}"`,
        `Bearer ${token}=`,
        `Bearer ${token.toLowerCase()}x`,
        'Bearer null',
      ],
      ...[
        `Bearer ${'a'.repeat(5_000)}`,
        "Bearer ' OR 1=1 --",
        `Bearer ${Buffer.from(token).toString('hex')}`,
        'Bearer undefined',
        `Digest username="admin"`,
      ],
    ];
    for (const authorization of wrong) {
      const answer = await wire(`GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`);
      expect([authorization, statuses(answer)]).toEqual([authorization, [401]]);
      count('headers');
    }
    const twice = await wire(`GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n${bearer()}Connection: close\r\n\r\n`);
    expect(statuses(twice)).not.toContain(200);
  });
});

describe('spreadsheets', () => {
  const formulas = [
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(1)',
    '\t=1+1',
    '\r=1+1',
    '=HYPERLINK("http://evil.example")',
    '＝1+1',
    '"=1+1"',
    ';=1+1',
    ',=1+1',
    ' =1+1',
  ];

  test('a file of people may hold formulas: they are names', async () => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = formulas.map((name, i) => `${quoted(name)},formula${i}@example.test`);
    const { status, body } = await admin.post<{ people: { name: string }[] }>('/people/import', undefined, {
      raw: `name,email\n${rows.join('\n')}\n`,
      headers: { 'content-type': 'text/csv' },
    });
    expect([status, body.people.map(({ name }) => name.trim())]).toEqual([200, formulas.map((name) => name.trim())]);
    count('formulas', formulas.length);
  });

  test('no cell of any CSV that is given out is a formula', async () => {
    const manager = await makePerson(api, { name: '=manager' });
    for (const name of formulas) await makePerson(api, { name, manager });
    const giveCsv = described.filter(({ method, gives }) => method === 'GET' && gives.includes('text/csv'));
    for (const { path } of giveCsv) {
      const target = path.replaceAll(/\{(managerId|engineerId|personId)\}/g, manager.id);
      for (const reader of [auditor, admin, manager]) {
        const answer = await reader.get(target, { headers: { accept: 'text/csv' } });
        if (answer.status !== 200 || !answer.headers.get('content-type')?.startsWith('text/csv')) continue;
        const cells = parse(answer.bytes, { bom: true, relax_column_count: true }).flat();
        expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell))).toEqual([]);
        count('formulas', cells.length);
      }
    }
  });
});
