import { connect } from 'node:net';
import { levelRef, makeTrio } from '../factories/claims';
import { type TestPerson, makePerson } from '../factories/people';
import { type Answer, type TestApp, startApp } from '../setup/app';

interface ProblemAnswer {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  instance: string;
  errors?: { pointer?: string; code: string }[];
}

let api: TestApp;
let engineer: TestPerson;
beforeAll(async () => {
  api = await startApp();
  ({ engineer } = await makeTrio(api));
});
afterAll(() => api.close());

const evidence = { title: 'Automated patching via IaC', description: 'Ansible playbooks driven from Terraform.' };
const raw = (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer<ProblemAnswer>> =>
  api.send<ProblemAnswer>('POST', '/engineers/me/evidence', undefined, { token: engineer.token, raw: body, headers });
const codes = ({ status, body }: Answer<ProblemAnswer>): unknown[] => [
  status,
  body.code,
  ...(body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`),
];
const evidenceCount = async (): Promise<number> =>
  (await api.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM evidence WHERE engineer_id = $1`, [engineer.id]))[0]?.n ?? -1;

describe('problems', () => {
  test('are of RFC 9457 and name the request', async () => {
    const answer = await raw('{');
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      type: 'urn:touchstone:problem:malformed',
      status: 400,
      title: 'Malformed request',
      instance: `urn:uuid:${answer.headers.get('x-request-id')}`,
    });
  });

  test('a request id that is one is kept, anything else is replaced', async () => {
    const id = '0b9f2a54-9f0b-4d3c-9d8e-0c6b1a2f3e4d';
    expect((await raw('{', { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    const other = (await raw('{', { 'x-request-id': 'drop table; <script>' })).headers.get('x-request-id');
    expect(other).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('every answer says not to be kept, sniffed or framed', async () => {
    for (const answer of [await engineer.get('/me'), await raw('{'), await api.send('GET', '/nowhere')]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers.get('x-powered-by')).toBeNull();
    }
  });

  test('what is not there is a problem too', async () => {
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['POST', '/me'],
      ['DELETE', '/people'],
      ['GET', '/engineers/me/evidence/'],
      ['GET', '/%E0%A4%A'],
      ['GET', '/engineers/%00/evidence'],
      ['GET', '/engineers/me/evidence/../../../etc/passwd'],
    ] as const) {
      const answer = await api.send<ProblemAnswer>(method, path, undefined, { token: engineer.token });
      expect([path, [400, 404].includes(answer.status), answer.headers.get('content-type')?.split(';')[0]]).toEqual([
        path,
        true,
        'application/problem+json',
      ]);
    }
  });
});

describe('bodies', () => {
  test.each<[string, string | Uint8Array, Record<string, string>, unknown[]]>([
    ['no JSON', '{"title": ', {}, [400, 'malformed', ' json']],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), {}, [400, 'malformed', ' json']],
    ['an array', '[]', {}, [400, 'malformed', ' object']],
    ['a text', '"title"', {}, [400, 'malformed', ' object']],
    ['null', 'null', {}, [400, 'malformed', '/title text', '/description text']],
    [
      'an unknown field',
      JSON.stringify({ ...evidence, engineerId: '01931b2e-7c00-7000-8000-000000000001' }),
      {},
      [400, 'malformed', '/engineerId unknown-field'],
    ],
    [
      'a field that poisons',
      `{"title":"x","description":"y","__proto__":{"kind":"work"}}`,
      {},
      [400, 'malformed', '/__proto__ unknown-field'],
    ],
    [
      'a nested field that poisons',
      `{"title":"x","description":"y","links":[{"constructor":{"prototype":{}}}]}`,
      {},
      [400, 'malformed', '/links/0/constructor unknown-field'],
    ],
    ['NUL', JSON.stringify({ ...evidence, title: 'a\0b' }), {}, [400, 'malformed', '/title nul']],
    ['a lone surrogate', `{"title":"\\ud800","description":"y"}`, {}, [400, 'malformed', '/title lone-surrogate']],
    ['another media type', JSON.stringify(evidence), { 'content-type': 'text/plain' }, [415, 'wrong-media-type']],
    ['a form', 'title=x', { 'content-type': 'application/x-www-form-urlencoded' }, [415, 'wrong-media-type']],
    ['more than 1 MiB', JSON.stringify({ ...evidence, description: 'x'.repeat(1_048_577) }), {}, [413, 'too-large']],
  ])('%s', async (_, body, headers, expected) => {
    const before = await evidenceCount();
    expect(codes(await raw(body, headers))).toEqual(expected);
    expect(await evidenceCount()).toBe(before);
  });

  test('too deep, at thirty-three levels and at a hundred thousand', async () => {
    const nested = (depth: number): string => `{"title":"x","description":"y","tags":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    for (const depth of [33, 100_000]) expect((await raw(nested(depth))).body.errors?.map(({ code }) => code)).toEqual(['depth']);
    expect((await raw(nested(32))).body.errors?.map(({ code }) => code)).not.toContain('depth');
  });

  test('text in any script is text', async () => {
    const title = 'أتمتة التحديثات 自动打补丁 \u202Eabc 🛠';
    const answer = await engineer.post('/engineers/me/evidence', { ...evidence, title });
    expect([answer.status, answer.body['title']]).toEqual([201, title]);
  });

  test('queries are strict as well', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=ten',
      'limit=1&limit=2',
      'nothing=1',
      'cursor=%00',
      'cursor=bm90IG9uZQ',
      'from=2026-02-30',
      'q=%ED%A0%80',
    ].map((text) => `/engineers/me/evidence?${text}`)) {
      const answer = await engineer.get<ProblemAnswer>(query);
      // half a surrogate that a client sends in a URL arrives as replacement characters: harmless text
      expect([query, answer.status]).toEqual([query, query.endsWith('%ED%A0%80') ? 200 : 400]);
    }
  });
});

describe('the order of refusals', () => {
  test('who may not comes before what is wrong with the request', async () => {
    const peer = await makePerson(api);
    const path = `/engineers/${engineer.id}/evidence`;
    const send = (token: string | undefined): Promise<Answer<ProblemAnswer>> =>
      api.send<ProblemAnswer>('POST', path, undefined, { raw: '{not json', ...(token === undefined ? {} : { token }) });
    expect((await send(undefined)).status).toBe(401);
    expect((await send(peer.token)).status).toBe(404);
    const admin = await makePerson(api, { roles: ['admin'] });
    expect((await send(admin.token)).status).toBe(403);
    expect((await send(engineer.token)).status).toBe(400);
  });

  test('malformed before unversioned before stale', async () => {
    const made = await engineer.post<{ id: string }>('/engineers/me/evidence', evidence);
    const path = `/engineers/me/evidence/${made.body.id}`;
    expect((await engineer.patch(path, { nothing: 1 })).status).toBe(400);
    expect((await engineer.patch(path, { title: 'Other' })).status).toBe(428);
    expect((await engineer.patch(path, { title: 'Other' }, { ifMatch: `W/${made.etag}` })).status).toBe(412);
    expect((await engineer.patch(path, { title: 'Other' }, { ifMatch: '"x", "y"' })).status).toBe(412);
    expect((await engineer.patch(path, { title: 'Other' }, { ifMatch: `"x", ${made.etag}` })).status).toBe(200);
  });
});

test('a cursor that was tampered with is malformed, whatever it holds', async () => {
  for (let n = 0; n < 3; n += 1) await engineer.post('/engineers/me/evidence', { ...evidence, endedOn: '2026-03-01' });
  const { body } = await engineer.get<{ nextCursor: string }>('/engineers/me/evidence?limit=1');
  const parts = JSON.parse(Buffer.from(body.nextCursor, 'base64url').toString()) as unknown[];
  for (const changed of [
    parts.map((part, i) => (i === 1 ? '2026-02-30' : part)),
    parts.slice(1),
    [...parts, 1],
    parts.map(() => null),
    { ...parts },
  ]) {
    const cursor = Buffer.from(JSON.stringify(changed)).toString('base64url');
    expect([changed, (await engineer.get(`/engineers/me/evidence?limit=1&cursor=${cursor}`)).status]).toEqual([changed, 400]);
  }
});

describe('Idempotency-Key', () => {
  const post = (key: string, body: unknown = evidence, who: TestPerson = engineer): Promise<Answer<ProblemAnswer & { id: string }>> =>
    who.post('/engineers/me/evidence', body, { key });

  test('the same key and body answers again with the first answer', async () => {
    const before = await evidenceCount();
    const first = await post('once');
    const again = await post('once');
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect([again.etag, again.headers.get('location')]).toEqual([first.etag, first.headers.get('location')]);
    expect(await evidenceCount()).toBe(before + 1);
  });

  test('the same body in another spelling is the same body', async () => {
    const first = await post('spelled', { title: 'x', description: 'y' });
    expect((await post('spelled', { description: 'y', title: 'x' })).body.id).toBe(first.body.id);
  });

  test('`me` and the own id are the same path', async () => {
    const first = await post('by-me');
    const again = await engineer.post<{ id: string }>(`/engineers/${engineer.id}/evidence`, evidence, { key: 'by-me' });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  });

  test('with another body, or on another path, it is reused', async () => {
    await post('reused');
    expect(codes(await post('reused', { ...evidence, title: 'Another' }))).toEqual([422, 'idempotency-key-reused']);
    const elsewhere = await engineer.post<ProblemAnswer>(
      '/engineers/me/claims',
      { skillLevel: levelRef(1), summary: 'x' },
      { key: 'reused' },
    );
    expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  test('belongs to its caller', async () => {
    const other = await makePerson(api);
    const first = await post('shared');
    const theirs = await post('shared', evidence, other);
    expect([theirs.status, theirs.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(theirs.body.id).not.toBe(first.body.id);
  });

  test('keeps successes only', async () => {
    expect((await post('later', { title: 'x' })).status).toBe(400);
    expect((await post('later')).status).toBe(201);
  });

  test('is forgotten after a day', async () => {
    const first = await post('yesterday');
    await api.database.query(`UPDATE idempotent_answer SET answered_at = now() - interval '25 hours' WHERE key = 'yesterday'`);
    const next = await post('yesterday');
    expect([next.status, next.body.id === first.body.id]).toEqual([201, false]);
  });

  test('of no ASCII or too long is malformed', async () => {
    for (const key of ['a b', 'x'.repeat(256)]) expect((await post(key)).status).toBe(400);
    expect((await post('x'.repeat(255))).status).toBe(201);
  });

  test('twice in the same moment happens once, a hundred times over', async () => {
    const before = await evidenceCount();
    for (let round = 0; round < 100; round += 1) {
      const answers = await Promise.all([post(`race-${round}`), post(`race-${round}`)]);
      expect(answers.filter(({ status, headers }) => status === 201 && headers.get('idempotency-replayed') === null)).toHaveLength(1);
      for (const { status, body } of answers) if (status !== 201) expect([status, body.code]).toEqual([409, 'idempotency-in-progress']);
    }
    expect(await evidenceCount()).toBe(before + 100);
  }, 60_000);

  test('no password is ever stored, nor a secret answered again', async () => {
    const admin = await makePerson(api, { roles: ['admin'] });
    const body = { name: 'New Person', email: 'new.person@example.test' };
    const first = await admin.post<{ invitation: { token: string; url: string } }>('/people', body, { key: 'person' });
    const again = await admin.post<{ invitation: { token: null; url: null } }>('/people', body, { key: 'person' });
    expect(first.body.invitation.token).toMatch(/^[\w-]{43}$/);
    expect(again.body.invitation).toMatchObject({ token: null, url: null });
    const [kept] = await api.database.query<{ body: string }>(`SELECT body::text FROM idempotent_answer WHERE key = 'person'`);
    expect(kept?.body).not.toContain(first.body.invitation.token);
  });
});

test('a client that sends half a request and nothing more is let go', async () => {
  const { hostname, port } = new URL(api.origin);
  const socket = connect(Number(port), hostname);
  const answered = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
  socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n');
  expect(await answered).toContain('400 Bad Request');
  socket.destroy();
  expect((await api.send('GET', '/health/live')).status).toBe(200);
});

describe('the log', () => {
  test('has its line of a URL that cannot be decoded, as of everything that is refused', async () => {
    const lines: Record<string, unknown>[] = [];
    const { log } = api.app.getHttpAdapter().getInstance();
    const write = jest
      .spyOn(log, 'child')
      .mockImplementation(() => ({ ...log, info: (line: Record<string, unknown>) => lines.push(line), error: jest.fn() }));
    try {
      const answer = await fetch(`${api.origin}/%zz`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
      expect(lines).toMatchObject([
        {
          id: answer.headers.get('x-request-id'),
          method: 'GET',
          status: 400,
          code: 'malformed',
          person: null,
          ms: expect.any(Number) as number,
        },
      ]);
      expect(JSON.stringify(lines)).not.toContain('zz');
    } finally {
      write.mockRestore();
    }
  });
});
