import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Scope } from '../kernel/actor';
import { type Audience, audienceOf, isPublic, scopeOf } from './requires';

/** What stands before every route's path, but for those in `unprefixed`. */
export const apiPrefix = 'api/v1';
export const unprefixed: readonly string[] = [
  'health/live',
  'health/ready',
  '.well-known/jwks.json',
  '.well-known/issuer.json',
  '.well-known/keys/:thumbprint',
  '.well-known/status/:list',
];

/** One route of the application, and who may call it. */
export interface Route {
  /** `POST` */
  readonly method: string;
  /** `/api/v1/engineers/{engineerId}/claims` */
  readonly path: string;
  readonly audience: readonly Audience[] | 'public';
  /** The scope that lets a personal access token in; null where the route is closed to tokens. */
  readonly scope: Scope | null;
  /** `ClaimsController.draft` */
  readonly handler: string;
}

/** Every route that a controller declares, by path. The application need not be initialised. */
export function routesOf(app: INestApplicationContext): Route[] {
  const [scanner, reflector] = [new MetadataScanner(), new Reflector()];
  const routes = app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ metatype }): Route[] => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, () => unknown>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (handler === undefined || !Reflect.hasMetadata('path', handler)) return [];
        const audience: Route['audience'] = isPublic(reflector, handler) ? 'public' : (audienceOf(reflector, handler) ?? []);
        const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
        return pathsOf(metatype, handler).map((path) => ({
          method,
          path,
          audience,
          scope: scopeOf(reflector, handler),
          handler: `${metatype.name}.${name}`,
        }));
      });
    });
  return routes.sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

/** Whom a route that is not public lets in. */
export interface Access {
  readonly audience: readonly Audience[];
  readonly scope: Scope | null;
}

/** Whom each route lets in, by `METHOD /path`; public routes are left out. */
export const accessOf = (app: INestApplicationContext): Map<string, Access> =>
  new Map(
    routesOf(app).flatMap(({ method, path, audience, scope }) =>
      audience === 'public' ? [] : [[`${method} ${path}`, { audience, scope }] as const],
    ),
  );

/** The routes that are open to everyone, as Fastify names them: `POST /api/v1/invitations/:token`. */
export const publicRoutesOf = (app: INestApplicationContext): Set<string> =>
  new Set(
    routesOf(app)
      .filter(({ audience }) => audience === 'public')
      .map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );

function pathsOf(controller: object, handler: object): string[] {
  return declaredPaths(controller).flatMap((base) =>
    declaredPaths(handler).map((path) => {
      const whole = `${base}/${path}`.split('/').filter((part) => part !== '');
      const parts = unprefixed.includes(whole.join('/')) ? whole : [...apiPrefix.split('/'), ...whole];
      return `/${parts.map((part) => part.replace(/^:(\w+)$/, '{$1}')).join('/')}`;
    }),
  );
}

const declaredPaths = (target: object): string[] => {
  const declared = Reflect.getMetadata('path', target) as string | string[] | undefined;
  return Array.isArray(declared) ? declared : [declared ?? '/'];
};
