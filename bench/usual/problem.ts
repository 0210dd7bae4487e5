import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type ProblemCode, problemCodes } from '../../src/kernel/problem-codes';

/** A no, as an exception of Nest. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: ProblemCode,
    readonly detail: string = problemCodes[code].explanation,
  ) {
    super(code, status);
  }
}

/** Answers exceptions as problems (RFC 9457). */
@Catch(HttpException)
export class ProblemFilter implements ExceptionFilter {
  catch(error: HttpException, host: ArgumentsHost): void {
    const [request, response] = [host.switchToHttp().getRequest<Request>(), host.switchToHttp().getResponse<Response>()];
    const status = error.getStatus();
    const code = error instanceof Problem ? error.code : 'malformed';
    const detail = error instanceof Problem ? error.detail : error.message;
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.status(status).type('application/problem+json');
    response.send(
      JSON.stringify({
        type: `urn:touchstone:problem:${code}`,
        title: problemCodes[code].title,
        status,
        detail,
        code,
        instance: `urn:uuid:${String(request.headers['x-request-id'])}`,
      }),
    );
  }
}
