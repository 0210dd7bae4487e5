import Fastify from 'fastify';
import { serializeBySchema } from '../src/platform/serialization';

describe('answers that are written by their schema', () => {
  const person = { id: '01931b2e-7c00-7000-8000-000000000002', name: 'Ada' };
  const page = (support: object): object => ({
    claims: { items: [], nextCursor: null },
    supports: { items: [support], nextCursor: null },
  });

  it('hold what the description names, and nothing else', async () => {
    const server = Fastify();
    serializeBySchema(server);
    const support = {
      engineer: { ...person, email: 'ada@example.org' },
      evidenceId: person.id,
      title: 'Words "and" \\ signs \u2028',
      statement: 'sfia-9:ITOP.4.2',
      text: 'Configures tools.',
      skillLevel: 'sfia-9:ITOP.4',
      rationale: 'Mine.',
      waitingSince: '2026-11-02T09:30:00.000Z',
      reopened: false,
      rights: '©',
    };
    server.get('/api/v1/reviews', () => ({ ...page(support), secret: 'not for you' }));
    const missed = await server.inject('/api/v1/reviews').catch((error: unknown) => String(error));
    // a route of the list that nobody has registered is told at the start
    expect(missed).toMatch(/there are no such routes: GET \/api\/v1\/engineers\/\{engineerId\}\/evidence, POST/);

    const whole = Fastify();
    serializeBySchema(whole);
    whole.get('/api/v1/reviews', () => ({ ...page(support), secret: 'not for you' }));
    const nothing = (): null => null;
    whole.route({ method: 'GET', url: '/api/v1/engineers/:engineerId/evidence', handler: nothing });
    whole.route({ method: 'POST', url: '/api/v1/engineers/:engineerId/evidence', handler: nothing });
    whole.route({ method: 'GET', url: '/api/v1/engineers/:engineerId/evidence/:evidenceId', handler: nothing });
    whole.route({ method: 'POST', url: '/api/v1/engineers/:engineerId/evidence/:evidenceId/supports/:statement/review', handler: nothing });
    whole.route({ method: 'GET', url: '/api/v1/engineers/:engineerId/progress', handler: nothing });
    whole.route({ method: 'GET', url: '/api/v1/teams/:managerId/dashboard', handler: nothing });
    const { body } = await whole.inject('/api/v1/reviews');
    expect(JSON.parse(body)).toEqual(page({ ...support, engineer: person }));
    await whole.close();
  });
});
