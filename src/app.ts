import 'reflect-metadata';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { AppModule } from './app.module';
import type { Settings } from './config';
import { createDataSource } from './data-source';
import { admitInTurn } from './platform/admission';
import { openToOrigins } from './platform/cors';
import { serveDocs } from './platform/docs';
import { apiPrefix, publicRoutesOf, unprefixed } from './platform/routes';
import { serializeBySchema } from './platform/serialization';
import { Snapshots } from './platform/snapshot';
import { createAdapter, installHooks } from './platform/server';

/**
 * Makes the application on the database of `url`, initialised but not listening. Closing it ends its connections to the database too.
 * @throws where the database cannot be reached
 */
export async function createApp(settings: Settings, url: string): Promise<NestFastifyApplication> {
  const logger = new Logger('Database');
  const dataSource = await createDataSource({
    url,
    pool: settings.DATABASE_POOL,
    statementTimeoutMs: settings.STATEMENT_TIMEOUT_MS,
    namedStatements: settings.NAMED_STATEMENTS,
    keptPlans: settings.KEPT_PLANS,
    impatient: (text) => {
      if (settings.LOG_LEVEL !== 'silent') logger.warn(text);
    },
  }).initialize();
  try {
    const app = await assembleApp(settings, dataSource);
    serveDocs(app);
    const server = app.getHttpAdapter().getInstance();
    // Fastify comes to this when the last running request has been answered
    server.addHook('onClose', async () => {
      await app.get(Snapshots).endAll();
      if (dataSource.isInitialized) await dataSource.destroy();
    });
    await app.init();
    await server.ready();
    return app;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  }
}

/** The application with all its routes, put together but not initialised: enough to be described, with a data source that is not connected too. */
export async function assembleApp(settings: Settings, dataSource: DataSource): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(settings, dataSource),
    createAdapter({ logLevel: settings.LOG_LEVEL, trustProxy: settings.TRUST_PROXY }),
    {
      logger: new ConsoleLogger({ logLevels: ['error', 'warn', 'fatal'], json: settings.DATABASE_URL !== undefined }),
      bodyParser: false,
      abortOnError: false,
      forceCloseConnections: false,
    },
  );
  app.setGlobalPrefix(apiPrefix, { exclude: [...unprefixed] });
  if (settings.CORS_ORIGINS.length > 0) openToOrigins(app, settings.CORS_ORIGINS);
  installHooks(app, settings.PUBLIC_RATE_LIMIT);
  const server = app.getHttpAdapter().getInstance();
  serializeBySchema(server);
  admitInTurn(server, settings.DATABASE_POOL, publicRoutesOf(app));
  return app;
}
