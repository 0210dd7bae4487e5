import { IsOptional } from 'class-validator';
import { IsWords } from '../platform/rules';

/** Why a record is exported. */
export class ExportRequest {
  /**
   * Why: an admin must say it, engineers themselves may. It stands in the ledger.
   * @example "Request for their data of 2 November, reference 114."
   */
  @IsOptional()
  @IsWords(2000)
  reason?: string;
}
