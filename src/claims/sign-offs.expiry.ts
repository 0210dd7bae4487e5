import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Recurring, everyHour } from '../platform/recurring';
import { SignOffsService } from './sign-offs.service';

/** Notes the sign-offs whose time has run out. What is shown never waits for it: every reader looks at the last day itself. */
@Injectable()
export class SignOffsExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring = new Recurring('Expiry', everyHour, () => this.signOffs.noteExpiries());

  constructor(private readonly signOffs: SignOffsService) {}

  onApplicationBootstrap(): void {
    this.recurring.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.recurring.stop();
  }
}
