import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { Relation, Viewpoint } from '../kernel/actor';
import { isId } from '../kernel/ids';
import { raise } from '../kernel/refusal';

/** A request as the guards leave it for the handlers. */
export interface ApiRequest extends Omit<FastifyRequest, 'params' | 'query'> {
  params: Record<string, string | undefined>;
  query: Record<string, unknown>;
  /** Who asks, as seen from the record in the path; set by the sign-in guard on every route that is not public. */
  viewpoint?: Viewpoint;
}

export type ApiReply = FastifyReply;

const requestOf = (context: ExecutionContext): ApiRequest => context.switchToHttp().getRequest<ApiRequest>();

/** Handler parameter: who asks. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Viewpoint => requestOf(context).viewpoint ?? raise('not-signed-in'),
);

/** Handler parameter: the caller's relation to the engineer (or manager) in the path; its `engineerId` stands in for `me`. */
export const RelationToSubject = createParamDecorator(
  (_: unknown, context: ExecutionContext): Relation => requestOf(context).viewpoint?.relation ?? raise('not-found'),
);

/** Handler parameter: an id in the path; what is no id is not there. `me` stands for the caller where `orMe` is asked for. */
export const IdParam = createParamDecorator((option: string | { name: string; orMe: true }, context: ExecutionContext): string => {
  const request = requestOf(context);
  const text = request.params[typeof option === 'string' ? option : option.name] ?? '';
  if (typeof option === 'object' && text === 'me') return request.viewpoint?.personId ?? raise('not-signed-in');
  return isId(text) ? text.toLowerCase() : raise('not-found');
});

/** Handler parameter: the If-Match header, if there is one. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const header = requestOf(context).headers['if-match'];
  return typeof header === 'string' ? header : undefined;
});
