import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Recurring, everyHour } from '../platform/recurring';
import { RequestsService } from './requests.service';

/** Notes the requests whose time has run out. */
@Injectable()
export class RequestsExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring = new Recurring('Requests', everyHour, () => this.requests.noteExpiries());

  constructor(private readonly requests: RequestsService) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
  }
}
