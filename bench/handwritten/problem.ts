import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemCode, problemCodes } from '../../src/kernel/problem-codes';

/** A no that is on its way to the client. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: ProblemCode,
    readonly detail: string = problemCodes[code].explanation,
    readonly errors?: readonly object[],
  ) {
    super(code);
  }
}

/** Sends a problem (RFC 9457). */
export function sendProblem({ status, code, detail, errors }: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const { title } = problemCodes[code];
  const body = { type: `urn:touchstone:problem:${code}`, title, status, detail, code, instance: `urn:uuid:${request.id}`, errors };
  void reply.status(status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
}
