import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { Public, Requires, RoutesDeclareTheirAudience } from '../src/platform/requires';
import { routesOf } from '../src/platform/routes';
import { type TestPerson, makePerson } from './factories/people';
import { type TestApp, startApp } from './setup/app';

/** Every route there is, and who may call it. A new route without a line here fails. */
const expected: Record<string, string> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',

  'POST /api/v1/sessions': 'public',
  'POST /api/v1/invitations/{token}': 'public',
  'GET /api/v1/sessions': 'signed-in',
  'DELETE /api/v1/sessions/current': 'signed-in',
  'DELETE /api/v1/sessions/{sessionId}': 'signed-in',
  'GET /api/v1/me': 'signed-in',
  'PUT /api/v1/me/password': 'signed-in',
  'GET /api/v1/me/tokens': 'signed-in',
  'POST /api/v1/me/tokens': 'signed-in',
  'DELETE /api/v1/me/tokens/{tokenId}': 'signed-in',
  'GET /api/v1/me/totp': 'signed-in',
  'POST /api/v1/me/totp': 'signed-in',
  'POST /api/v1/me/totp/confirmation': 'signed-in',
  'POST /api/v1/me/totp/recovery-codes': 'signed-in',
  'POST /api/v1/me/totp/removal': 'signed-in',

  'GET /api/v1/administration/refused-requests': 'admin auditor',
  'GET /api/v1/administration/retention': 'admin auditor',
  'GET /api/v1/administration/requests': 'admin auditor',
  'POST /api/v1/administration/requests': 'admin',
  'GET /api/v1/administration/requests/{requestId}': 'admin auditor',
  'POST /api/v1/administration/requests/{requestId}/confirmation': 'admin',
  'POST /api/v1/administration/requests/{requestId}/refusal': 'admin',
  'POST /api/v1/administration/requests/{requestId}/withdrawal': 'admin',
  'GET /api/v1/people': 'signed-in',
  'POST /api/v1/people': 'admin',
  'POST /api/v1/people/import': 'admin',
  'GET /api/v1/people/{personId}': 'signed-in',
  'PATCH /api/v1/people/{personId}': 'admin',
  'PUT /api/v1/people/{personId}/manager': 'admin',
  'POST /api/v1/people/{personId}/invitation': 'admin',
  'POST /api/v1/people/{personId}/deactivation': 'admin',
  'POST /api/v1/people/{personId}/reactivation': 'admin',
  'GET /api/v1/people/{personId}/accreditations': 'self admin auditor',
  'POST /api/v1/people/{personId}/accreditations': 'admin',
  'GET /api/v1/people/{personId}/accreditations/{accreditationId}': 'self admin auditor',
  'DELETE /api/v1/people/{personId}/accreditations/{accreditationId}': 'admin',
  'GET /api/v1/mentors/shortages': 'admin',

  'GET /api/v1/engineers/{engineerId}/mentors': 'self mentor line admin auditor',
  'POST /api/v1/engineers/{engineerId}/mentors': 'admin',
  'GET /api/v1/engineers/{engineerId}/mentors/{mentorshipId}': 'self mentor line admin auditor',
  'DELETE /api/v1/engineers/{engineerId}/mentors/{mentorshipId}': 'admin',

  'GET /api/v1/frameworks': 'signed-in',
  'POST /api/v1/frameworks/imports': 'admin',
  'GET /api/v1/frameworks/{frameworkId}/levels': 'signed-in',
  'GET /api/v1/frameworks/{frameworkId}/skills': 'signed-in',
  'GET /api/v1/frameworks/{frameworkId}/skills/{code}': 'signed-in',
  'GET /api/v1/policies/{skillLevel}': 'signed-in',
  'PUT /api/v1/policies/{skillLevel}': 'admin',

  'GET /api/v1/engineers/{engineerId}/evidence': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/evidence': 'self',
  'GET /api/v1/engineers/{engineerId}/evidence/{evidenceId}': 'self mentor line auditor',
  'PATCH /api/v1/engineers/{engineerId}/evidence/{evidenceId}': 'self',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/archival': 'self',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/revisions/{revision}/redaction': 'self',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}/redaction': 'self',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports': 'self',
  'PATCH /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}': 'self',
  'DELETE /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}': 'self',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}/review': 'self mentor line auditor',

  'GET /api/v1/engineers/{engineerId}/progress': 'self mentor line auditor',
  'GET /api/v1/engineers/{engineerId}/progress/{skillLevel}': 'self mentor line auditor',
  'GET /api/v1/engineers/{engineerId}/readiness': 'self mentor',
  'GET /api/v1/engineers/{engineerId}/targets': 'self mentor line auditor',
  'GET /api/v1/engineers/{engineerId}/targets/{skill}': 'self mentor line auditor',
  'PUT /api/v1/engineers/{engineerId}/targets/{skill}': 'self line',
  'DELETE /api/v1/engineers/{engineerId}/targets/{skill}': 'self line',
  'GET /api/v1/engineers/{engineerId}/export': 'self admin',
  'GET /api/v1/engineers/{engineerId}/ledger': 'self auditor',
  'GET /api/v1/engineers/{engineerId}/ledger/verification': 'self auditor',

  'GET /api/v1/engineers/{engineerId}/claims': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims': 'self',
  'GET /api/v1/engineers/{engineerId}/claims/{claimId}': 'self mentor line auditor',
  // who may decide is the claim guard's to say: each gets the code that tells them why not
  'PATCH /api/v1/engineers/{engineerId}/claims/{claimId}': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/submission': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/withdrawal': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/redaction': 'self',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/reviews': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/change-request': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/refusal': 'self mentor line auditor',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/approval': 'self mentor line auditor',

  'GET /api/v1/engineers/{engineerId}/sign-offs': 'self mentor line auditor admin approver',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}': 'self mentor line auditor admin approver',
  'POST /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/revocation': 'admin',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/proof': 'self auditor',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/pack': 'self mentor line auditor approver',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/badge': 'self auditor',
  // the digest in the path is what lets somebody in
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/check/{digest}': 'public',
  'GET /.well-known/jwks.json': 'public',
  'GET /.well-known/keys/{thumbprint}': 'public',
  'GET /.well-known/issuer.json': 'public',
  'GET /.well-known/status/{list}': 'public',
  'GET /api/v1/sign-offs': 'admin auditor',
  'GET /api/v1/administration/ledger': 'admin auditor',
  'GET /api/v1/ledger/checkpoints': 'auditor',
  'GET /api/v1/ledger/verification': 'auditor',
  'GET /api/v1/reviews': 'signed-in',
  'GET /api/v1/teams/{managerId}/dashboard': 'self line auditor',
  'GET /api/v1/teams/{managerId}/gaps': 'self line auditor',
  'GET /api/v1/teams/{managerId}/reviews': 'self line auditor',
  'GET /api/v1/teams/{managerId}/trend': 'self line auditor',
  'GET /api/v1/teams/{managerId}/claims': 'self line auditor',
  'GET /api/v1/teams/{managerId}/evidence': 'self line auditor',
  'GET /api/v1/teams/{managerId}/sign-offs': 'self line auditor',
  'GET /api/v1/organisation/dashboard': 'admin auditor',
  'GET /api/v1/organisation/people': 'auditor',
};

/** What personal access tokens are let in to, and by which scope. Every other route is closed to them. */
const opened: Record<string, string> = {
  'GET /api/v1/frameworks': 'catalogue:read',
  'GET /api/v1/frameworks/{frameworkId}/levels': 'catalogue:read',
  'GET /api/v1/frameworks/{frameworkId}/skills': 'catalogue:read',
  'GET /api/v1/frameworks/{frameworkId}/skills/{code}': 'catalogue:read',
  'GET /api/v1/policies/{skillLevel}': 'catalogue:read',

  'GET /api/v1/me': 'record:read',
  'GET /api/v1/engineers/{engineerId}/mentors': 'record:read',
  'GET /api/v1/engineers/{engineerId}/mentors/{mentorshipId}': 'record:read',
  'GET /api/v1/engineers/{engineerId}/evidence': 'record:read',
  'GET /api/v1/engineers/{engineerId}/evidence/{evidenceId}': 'record:read',
  'GET /api/v1/engineers/{engineerId}/progress': 'record:read',
  'GET /api/v1/engineers/{engineerId}/progress/{skillLevel}': 'record:read',
  'GET /api/v1/engineers/{engineerId}/readiness': 'record:read',
  'GET /api/v1/engineers/{engineerId}/targets': 'record:read',
  'GET /api/v1/engineers/{engineerId}/targets/{skill}': 'record:read',
  'GET /api/v1/engineers/{engineerId}/claims': 'record:read',
  'GET /api/v1/engineers/{engineerId}/claims/{claimId}': 'record:read',
  'GET /api/v1/engineers/{engineerId}/sign-offs': 'record:read',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}': 'record:read',

  'POST /api/v1/engineers/{engineerId}/evidence': 'evidence:write',
  'PATCH /api/v1/engineers/{engineerId}/evidence/{evidenceId}': 'evidence:write',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/archival': 'evidence:write',
  'POST /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports': 'evidence:write',
  'PATCH /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}': 'evidence:write',
  'DELETE /api/v1/engineers/{engineerId}/evidence/{evidenceId}/supports/{statement}': 'evidence:write',

  'POST /api/v1/engineers/{engineerId}/claims': 'claims:write',
  'PATCH /api/v1/engineers/{engineerId}/claims/{claimId}': 'claims:write',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/submission': 'claims:write',
  'POST /api/v1/engineers/{engineerId}/claims/{claimId}/withdrawal': 'claims:write',

  'GET /api/v1/reviews': 'reviews:read',
  'GET /api/v1/sign-offs': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/dashboard': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/gaps': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/reviews': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/trend': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/claims': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/evidence': 'dashboards:read',
  'GET /api/v1/teams/{managerId}/sign-offs': 'dashboards:read',
  'GET /api/v1/organisation/dashboard': 'dashboards:read',
  'GET /api/v1/organisation/people': 'dashboards:read',

  'GET /api/v1/engineers/{engineerId}/ledger': 'ledger:read',
  'GET /api/v1/engineers/{engineerId}/ledger/verification': 'ledger:read',
  'GET /api/v1/engineers/{engineerId}/sign-offs/{signOffId}/proof': 'ledger:read',
  'GET /api/v1/ledger/checkpoints': 'ledger:read',
  'GET /api/v1/ledger/verification': 'ledger:read',
};

let api: TestApp;
beforeAll(async () => {
  api = await startApp();
});
afterAll(() => api.close());

const named = (name: string): { method: string; path: string } => {
  const [method = '', path = ''] = name.split(' ');
  return { method, path: path.replace('/api/v1', '') };
};
const anId = '01931b2e-7c00-7000-8000-000000000001';
/** The route with its placeholders filled in; what is not about a person in the path names nothing that is there. */
const filled = (path: string, person: string): string =>
  path
    .replaceAll(/\{(engineerId|managerId|personId)\}/g, person)
    .replace('{statement}', 'sfia-9:ITOP.1.1')
    .replace('{skillLevel}', 'sfia-9:ITOP.1')
    .replace('{skill}', 'sfia-9:ITOP')
    .replaceAll(/\{\w+\}/g, anId);

test('every route has its line, and says who may call it', () => {
  const actual = Object.fromEntries(
    routesOf(api.app).map(({ method, path, audience }) => [`${method} ${path}`, audience === 'public' ? 'public' : audience.join(' ')]),
  );
  expect(actual).toEqual(expected);
});

test('every route that personal access tokens are let in to has its line, and its scope', () => {
  const actual = Object.fromEntries(
    routesOf(api.app).flatMap(({ method, path, scope }) => (scope === null ? [] : [[`${method} ${path}`, scope]])),
  );
  expect(actual).toEqual(opened);
});

const guarded = Object.entries(expected).filter(([, audience]) => audience !== 'public');

test.each(guarded)('%s answers 401 to somebody who is not signed in, whatever they send', async (name) => {
  const { method, path } = named(name);
  for (const token of [undefined, 'rubbish', `${'a'.repeat(43)}`, `tsp_${'a'.repeat(43)}`]) {
    const { status } = await api.send(method, filled(path, anId), undefined, {
      raw: method === 'GET' ? (undefined as never) : '{"not": json',
      ...(token === undefined ? {} : { token }),
    });
    expect([token, status]).toEqual([token, 401]);
  }
});

describe('somebody else’s record', () => {
  let engineer: TestPerson;
  let peer: TestPerson;
  beforeAll(async () => {
    engineer = await makePerson(api);
    peer = await makePerson(api);
  });

  test.each(Object.keys(expected).filter((name) => /\{(engineerId|managerId)\}/.test(name)))(
    '%s is 404 for a peer, who may not know of it',
    async (name) => {
      const { method, path } = named(name);
      for (const target of [filled(path, engineer.id), filled(path, anId), filled(path, 'nobody')]) {
        const { status } = await api.send(method, target, method === 'GET' ? undefined : {}, { token: peer.token, ifMatch: '"v1"' });
        expect([target, status]).toEqual([target, 404]);
      }
    },
  );

  test.each(guarded.filter(([, audience]) => audience === 'admin' || audience === 'admin auditor'))(
    '%s is closed to an engineer',
    async (name) => {
      const { method, path } = named(name);
      const { status } = await api.send(method, filled(path, peer.id), method === 'GET' ? undefined : {}, {
        token: peer.token,
        ifMatch: '"v1"',
      });
      expect(status).toBe(403);
    },
  );
});

describe('a route that says nothing of its audience', () => {
  @Controller('silent')
  class SilentController {
    @Get()
    get(): string {
      return 'anything';
    }
  }

  @Controller('outspoken')
  class OutspokenController {
    @Requires('signed-in')
    @Get()
    get(): string {
      return 'something';
    }

    @Public()
    @Get('open')
    open(): string {
      return 'something';
    }
  }

  const booted = async (controller: typeof SilentController | typeof OutspokenController): Promise<void> => {
    @Module({ imports: [DiscoveryModule], controllers: [controller], providers: [RoutesDeclareTheirAudience] })
    class OneModule {}
    const app = await NestFactory.createApplicationContext(OneModule, { logger: false, abortOnError: false });
    await app.close();
  };

  test('keeps the application from booting', async () => {
    await expect(booted(SilentController)).rejects.toThrow('SilentController.get');
    await expect(booted(OutspokenController)).resolves.toBeUndefined();
  });
});
