import { type CanActivate, type ExecutionContext, Injectable, RequestMethod, SetMetadata, UseInterceptors } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type Scope, type Viewpoint, isAdmin, isAuditor, isMentor } from '../kernel/actor';
import { type Refusal, demand, raise, refuse } from '../kernel/refusal';
import type { ApiRequest } from './api-request';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * Who a route is for. `signed-in` is everyone with a session; `admin` and `auditor` are roles; the others are relations to the person in the path:
 * `self`, `mentor` (a mentorship in force), `line` (above them in the reporting line), `approver` (gave one of their sign-offs: the query decides).
 */
export type Audience = 'signed-in' | 'admin' | 'auditor' | 'self' | 'mentor' | 'line' | 'approver';

const requiresKey = 'touchstone:requires';
const publicKey = 'touchstone:public';
const scopeKey = 'touchstone:scope';

/**
 * Declares who may call a route; it stands above the route's method. A route without this and without Public() keeps the application from booting.
 * What is posted goes through the idempotency interceptor; other routes have none, for any interceptor costs a request as much as a seek in the database.
 */
export const Requires =
  (...audience: [Audience, ...Audience[]]): MethodDecorator =>
  (target, name, descriptor) => {
    SetMetadata(requiresKey, audience)(target, name, descriptor);
    const method = Reflect.getMetadata('method', descriptor.value as object) as RequestMethod | undefined;
    if (method === undefined) throw new Error(`@Requires(…) stands above the method of a route, such as @Get(): ${String(name)}`);
    if (method === RequestMethod.POST) UseInterceptors(IdempotencyInterceptor)(target, name, descriptor);
  };

/** Declares that a route is open to everyone, signed in or not. */
export const Public = (): MethodDecorator => SetMetadata(publicKey, true);

/**
 * Declares the scope that lets a personal access token in, where its person is let in. A route without this is closed to tokens: what approves,
 * judges, revokes, administers, or is about signing in, never has one.
 */
export const Scoped = (scope: Scope): MethodDecorator => SetMetadata(scopeKey, scope);

/** The scope of a route, or null where it is closed to tokens. */
export const scopeOf = (reflector: Reflector, handler: () => unknown): Scope | null =>
  reflector.get<Scope | undefined>(scopeKey, handler) ?? null;

export const audienceOf = (reflector: Reflector, handler: () => unknown): readonly Audience[] | undefined =>
  reflector.get<readonly Audience[] | undefined>(requiresKey, handler);

export const isPublic = (reflector: Reflector, handler: () => unknown): boolean =>
  reflector.get<true | undefined>(publicKey, handler) === true;

/** Names of path parameters that say whose record or team a route is about. */
export const subjectParameters = ['engineerId', 'managerId', 'personId'] as const;

/** Whether a viewpoint belongs to an audience; `approver` lets everyone signed in through to a query that scopes itself. */
export function belongsTo(audience: Audience, viewpoint: Viewpoint): boolean {
  const { relation } = viewpoint;
  switch (audience) {
    case 'signed-in':
    case 'approver':
      return true;
    case 'admin':
      return isAdmin(viewpoint);
    case 'auditor':
      return isAuditor(viewpoint);
    case 'self':
      return relation?.self === true;
    case 'mentor':
      return relation !== undefined && isMentor(relation);
    case 'line':
      return relation?.above === true;
  }
}

/** Whether a viewpoint may know that this person's record exists. */
const knowsOf = (viewpoint: Viewpoint): boolean =>
  (['admin', 'auditor', 'self', 'mentor', 'line'] as const).some((audience) => belongsTo(audience, viewpoint));

/** What a route says to a caller's token, if a token signed them in. It depends on the route alone, so it tells nothing of what is there. */
function checkScope({ token }: Viewpoint, scope: Scope | null): Refusal | null {
  if (token === undefined) return null;
  if (scope === null) return refuse('scope-too-small', 'This is closed to personal access tokens, whatever their scopes: sign in.');
  return token.scopes.includes(scope) ? null : refuse('scope-too-small', `This needs a token with the scope ${scope}.`);
}

/** Lets a caller through to a route that is for them; the sign-in guard has run before and set the viewpoint. */
@Injectable()
export class RequiresGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler() as () => unknown;
    if (isPublic(this.reflector, handler)) return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const { viewpoint } = request;
    if (viewpoint === undefined) return raise('not-signed-in');
    demand(checkScope(viewpoint, scopeOf(this.reflector, handler)));
    const aboutSomebody = subjectParameters.some((name) => request.params[name] !== undefined);
    if (aboutSomebody && viewpoint.relation === undefined) return raise('not-found');
    const audience = audienceOf(this.reflector, handler) ?? [];
    if (audience.some((one) => belongsTo(one, viewpoint))) return true;
    return raise(aboutSomebody && !knowsOf(viewpoint) ? 'not-found' : 'not-allowed');
  }
}

/** At boot: every handler of every controller says who may call it, or the application does not start. */
@Injectable()
export class RoutesDeclareTheirAudience {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ instance, name }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((method) => {
          const handler = prototype[method];
          if (handler === undefined || !Reflect.hasMetadata('path', handler)) return false;
          return !isPublic(this.reflector, handler) && audienceOf(this.reflector, handler) === undefined;
        })
        .map((method) => `${name}.${method}`);
    });
    if (undeclared.length > 0) throw new Error(`These routes say neither @Requires(…) nor @Public(): ${undeclared.join(', ')}`);
  }
}
