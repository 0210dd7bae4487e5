import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export const docsPath = 'api/docs';
export const openapiPath = 'api/openapi.json';

/** The committed document, found from the compiled file as well as from its source: `npm run openapi` writes it, CI holds it against the routes. */
export function documentFile(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'openapi.json');
}

/** Serves the API's description, and the page to read and try it. The page loads nothing from elsewhere. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup(docsPath, app, () => JSON.parse(readFileSync(documentFile(), 'utf8')) as OpenAPIObject, {
    raw: ['json'],
    jsonDocumentUrl: openapiPath,
    customSiteTitle: 'Touchstone API',
    customCss: '.swagger-ui .topbar { display: none } .swagger-ui .info { margin: 24px 0 }',
    swaggerOptions: {
      persistAuthorization: true,
      // asked of a server elsewhere otherwise
      validatorUrl: null,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      defaultModelExpandDepth: 3,
      displayRequestDuration: true,
      filter: true,
    },
  });
}
