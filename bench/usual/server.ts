/**
 * The usual: the measured routes on Nest, Express and TypeORM as most teams would write them, with repositories, relations and class-validator; the same answers.
 * Settings: DATABASE_URL, PORT.
 */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Module, Param, Post, Query, Req, Res, UseGuards, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { types } from 'pg';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { entities } from './entities';
import { EvidenceBody, ListQuery, contentOf } from './evidence.dto';
import { EvidenceService } from './evidence.service';
import { ProblemFilter } from './problem';
import { SignInGuard, type SignedInRequest } from './sign-in.guard';

@Controller('api/v1/engineers/:engineerId/evidence')
@UseGuards(SignInGuard)
class EvidenceController {
  constructor(private readonly evidence: EvidenceService) {}

  @Get()
  list(@Req() { engineerId }: SignedInRequest, @Query() query: ListQuery): Promise<object> {
    return this.evidence.list(engineerId, query);
  }

  @Get(':evidenceId')
  async one(
    @Req() { engineerId }: SignedInRequest,
    @Param('evidenceId') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { version, answer } = await this.evidence.one(engineerId, id);
    response.setHeader('etag', `"v${version}"`);
    return answer;
  }

  @Post()
  async log(
    @Req() { engineerId }: SignedInRequest,
    @Body() body: EvidenceBody,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { id, version, answer } = await this.evidence.log(engineerId, contentOf(body), body.supports ?? []);
    response.setHeader('etag', `"v${version}"`);
    response.setHeader('location', `/api/v1/engineers/${engineerId}/evidence/${id}`);
    return answer;
  }
}

@Controller('health')
class HealthController {
  @Get('ready')
  ready(): object {
    return { status: 'ready' };
  }
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const log = pino({ base: null });

/** Request id, headers that are always there, and a line in the log when the answer is out. */
function everyRequest(request: Request, response: Response, next: NextFunction): void {
  const began = performance.now();
  const id = randomUUID();
  request.headers['x-request-id'] = id;
  response.setHeader('x-request-id', id);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.on('finish', () => {
    const { person } = request as Partial<SignedInRequest>;
    const [method, status, ms] = [request.method, response.statusCode, Math.round(performance.now() - began)];
    log.info({ id, method, path: request.path, status, ms, person: person?.id ?? null }, 'request');
  });
  next();
}

async function start(): Promise<void> {
  types.setTypeParser(1082, (day) => day);
  const dataSource = await new DataSource({
    type: 'postgres',
    url: process.env['DATABASE_URL'] ?? '',
    entities,
    installExtensions: false,
    poolSize: 10,
    extra: { statement_timeout: 15_000, lock_timeout: 10_000, idle_in_transaction_session_timeout: 15_000, keepAlive: true },
  }).initialize();

  @Module({
    controllers: [EvidenceController, HealthController],
    providers: [EvidenceService, SignInGuard, { provide: DataSource, useValue: dataSource }],
  })
  class UsualModule {}

  const app = await NestFactory.create<NestExpressApplication>(UsualModule, new ExpressAdapter(), { logger: ['error', 'warn'] });
  app.disable('x-powered-by').disable('etag');
  app.use(everyRequest);
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  process.once('SIGTERM', () => void app.close().then(() => dataSource.destroy()));
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
