import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Lets pages of these origins call the API from browsers, with the session cookie too; called before the application initialises. Without it nothing is
 * said of other origins, and browsers keep their pages out. Who is not listed is answered as if there were no such thing.
 */
export function openToOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  app.enableCors({
    // the one that asks or none: never a list, never a star
    origin: (origin, answer) => answer(null, origin !== undefined && origins.includes(origin) ? origin : false),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match', 'Idempotency-Key', 'X-Request-Id'],
    exposedHeaders: [
      'ETag',
      'Location',
      'Content-Disposition',
      'Idempotency-Replayed',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ],
    maxAge: 600,
    strictPreflight: false,
    // the answer to a preflight goes on, to get the headers that every answer has
    preflightContinue: true,
  });
}
