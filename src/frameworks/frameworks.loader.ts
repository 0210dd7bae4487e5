import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { FrameworksService } from './frameworks.service';
import { packsFolder, readPackFiles } from './pack-files';

/** Loads the packs of the folder `frameworks` when the application starts. */
@Injectable()
export class FrameworksLoader implements OnModuleInit {
  private readonly logger = new Logger('Frameworks');

  constructor(private readonly frameworks: FrameworksService) {}

  async onModuleInit(): Promise<void> {
    await this.load(packsFolder());
  }

  /**
   * Loads every pack of a folder. One with other words than those loaded is left aside with a warning: what people were signed off
   * against stands, whatever a later file says.
   * @throws Error naming file, place and reason where a pack is broken: then the application does not start
   */
  async load(folder: string): Promise<void> {
    const files = readPackFiles(folder);
    const loadings = await this.frameworks.load(
      files.map(({ pack }) => pack),
      null,
    );
    loadings.forEach(({ refusal }, i) => {
      if (refusal !== null) this.logger.warn(`${files[i]?.file}: left aside. ${refusal.detail}`);
    });
  }
}
