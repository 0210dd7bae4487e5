import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Transactions } from '../platform/transaction';
import { AdministrationLog } from './administration.log';

/** Begins the administration ledger of an installation that is older than it, at the first start and not at the first act. */
@Injectable()
export class AdministrationAdoption implements OnApplicationBootstrap {
  constructor(
    private readonly transactions: Transactions,
    private readonly administration: AdministrationLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.transactions.run((tx) => this.administration.lock(tx));
  }
}
