import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import Negotiator from 'negotiator';
import { type Observable, map } from 'rxjs';
import type { ApiReply, ApiRequest } from './api-request';
import { type CsvRow, csvOf } from './csv';

/** An answer as a table. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** An answer as a file. */
interface CsvForm<Answer> {
  /** Without its ending. */
  readonly file: string;
  readonly table: (answer: Answer) => CsvTable;
}

const formKey = 'touchstone:csv';
export const csvExtension = 'x-csv';
const csv = 'text/csv';
/** What there is, as clients may ask for it; JSON first, where both are as welcome. */
const offered = ['application/json', 'application/json; charset=utf-8', csv, `${csv}; charset=utf-8`, `${csv}; header=present`];

/** Answers as CSV who would rather have that (Accept); everybody else gets the JSON that there always is. */
@Injectable()
class CsvInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { headers } = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    void reply.header('vary', [reply.getHeader('vary'), 'Accept'].filter((one) => one !== undefined).join(', '));
    if (new Negotiator({ headers }).mediaType(offered)?.startsWith(csv) !== true) return next.handle();
    const { file, table } = this.reflector.get<CsvForm<unknown>>(formKey, context.getHandler());
    return next.handle().pipe(
      map((answer) => {
        const { columns, rows } = table(answer);
        void reply
          .header('content-type', `${csv}; charset=utf-8; header=present`)
          .header('content-disposition', `attachment; filename="${file}.csv"`);
        return csvOf(columns, rows);
      }),
    );
  }
}

/** Declares that a route answers as CSV too, as a file of this name, and how its answer is one table. */
export const AnswersCsv = <Answer>(file: string, table: (answer: Answer) => CsvTable): MethodDecorator =>
  applyDecorators(SetMetadata(formKey, { file, table }), UseInterceptors(CsvInterceptor), ApiExtension(csvExtension, true));
