import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  StreamableFile,
  UseInterceptors,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import Negotiator from 'negotiator';
import { type Observable, map } from 'rxjs';
import type { ApiReply, ApiRequest } from './api-request';
import { type CsvRow, csvHeader, csvLines, csvOf } from './csv';
import { Pieces } from './pieces';

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

const wantsCsv = ({ headers }: Pick<ApiRequest, 'headers'>): boolean =>
  new Negotiator({ headers }).mediaType(offered)?.startsWith(csv) === true;

/** Handler parameter: whether the caller would rather have CSV; for handlers that give it something else to be made of. */
export const WantsCsv = createParamDecorator((_: unknown, context: ExecutionContext): boolean =>
  wantsCsv(context.switchToHttp().getRequest<ApiRequest>()),
);

/** The pieces of a CSV file whose rows come a batch at a time; its columns are those of a batch of none. */
export async function* csvPieces<Item>(
  table: (items: readonly Item[]) => CsvTable,
  batches: AsyncIterable<readonly Item[]>,
): AsyncGenerator<string, void> {
  let head = csvHeader(table([]).columns);
  for await (const batch of batches) {
    const { columns, rows } = table(batch);
    yield head + csvLines(columns, rows);
    head = '';
  }
  if (head !== '') yield head;
}

/** Answers as CSV who would rather have that (Accept); everybody else gets the JSON that there always is. */
@Injectable()
class CsvInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const reply = http.getResponse<ApiReply>();
    void reply.header('vary', [reply.getHeader('vary'), 'Accept'].filter((one) => one !== undefined).join(', '));
    if (!wantsCsv(http.getRequest<ApiRequest>()))
      return next.handle().pipe(map((answer: unknown) => sent(answer, 'application/json; charset=utf-8')));
    const { file, table } = this.reflector.get<CsvForm<unknown>>(formKey, context.getHandler());
    return next.handle().pipe(
      map((answer: unknown) => {
        void reply
          .header('content-type', `${csv}; charset=utf-8; header=present`)
          .header('content-disposition', `attachment; filename="${file}.csv"`);
        if (answer instanceof Pieces) return sent(answer, csv);
        const { columns, rows } = table(answer);
        return csvOf(columns, rows);
      }),
    );
  }
}

/** An answer as it is handed on; in pieces, as a stream, of this type unless its header says another. */
const sent = (answer: unknown, type: string): unknown =>
  answer instanceof Pieces ? new StreamableFile(answer.stream(), { type }) : answer;

/** Declares that a route answers as CSV too, as a file of this name, and how its answer is one table. */
export const AnswersCsv = <Answer>(file: string, table: (answer: Answer) => CsvTable): MethodDecorator =>
  applyDecorators(SetMetadata(formKey, { file, table }), UseInterceptors(CsvInterceptor), ApiExtension(csvExtension, true));
