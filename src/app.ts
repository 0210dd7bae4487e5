import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import type { Settings } from './config';
import { createDataSource } from './data-source';
import { createAdapter, installHooks } from './platform/server';

export const apiPrefix = 'api/v1';

/**
 * Makes the application on the database of `url`, initialised but not listening.
 * @throws where the database cannot be reached
 */
export async function createApp(settings: Settings, url: string): Promise<NestFastifyApplication> {
  const logger = new Logger('Database');
  const dataSource = await createDataSource({
    url,
    pool: settings.DATABASE_POOL,
    statementTimeoutMs: settings.STATEMENT_TIMEOUT_MS,
    // a lost connection is an event, not the end of the process: the pool makes another when it is asked
    logPoolError: (error) => logger.warn(`lost a connection: ${error.message}`),
  }).initialize();
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.of(settings, dataSource),
      createAdapter({ logLevel: settings.LOG_LEVEL, trustProxy: settings.TRUST_PROXY }),
      { logger: ['error', 'warn', 'fatal'], bodyParser: false, abortOnError: false, forceCloseConnections: false },
    );
    app.setGlobalPrefix(apiPrefix, { exclude: ['health/live', 'health/ready'] });
    installHooks(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
