import { Injectable } from '@nestjs/common';
import { type Json, sha256Json } from '../kernel/canonical-json';
import { skillRef } from '../kernel/reference';
import { type Refusal, refuse } from '../kernel/refusal';
import { demandAdmin } from '../ledger/acting-admin.facts';
import { AdministrationLog, type LockedAdministration } from '../ledger/administration.log';
import { Transactions, type Tx } from '../platform/transaction';
import type { FrameworkPack } from './framework-pack';
import { FrameworksStore } from './frameworks.store';
import { LoadedPacks } from './loaded-packs.query';
import { policyContent } from './policy';

/** What became of a pack. */
export interface Loading {
  readonly pack: FrameworkPack;
  /** `same`: it was there already, word for word. */
  readonly result: 'added' | 'same' | 'changed';
  /** Where `changed`: `framework-in-use`, with each place that is loaded with other words. */
  readonly refusal: Refusal | null;
}

const maxErrors = 50;

@Injectable()
export class FrameworksService {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: FrameworksStore,
    private readonly loaded: LoadedPacks,
    private readonly administration: AdministrationLog,
  ) {}

  /**
   * Adds to the catalogue what is not there yet. A pack with other words than those that are loaded changes nothing: new wording is a new
   * framework version. When everything is there already, two reads are all it takes.
   * @param actor the admin who imports them; null is the application, at its start
   * @throws Refused `not-allowed` where the admin is none any more
   */
  async load(packs: readonly FrameworkPack[], actor: string | null): Promise<Loading[]> {
    const found = await this.loaded.compare(packs);
    if (found.every(({ skillLoaded, changes }) => skillLoaded && changes.length === 0)) {
      return packs.map((pack) => ({ pack, result: 'same', refusal: null }));
    }
    return this.transactions.run(async (tx) => {
      if (actor !== null) await demandAdmin(tx, actor);
      await this.store.lock(tx);
      const loadings: Loading[] = [];
      let acts: LockedAdministration | undefined;
      for (const pack of packs) {
        // read again under the lock, and after the pack before, which may have brought the framework
        for (const { frameworkLoaded, skillLoaded, changes } of await this.loaded.compare([pack])) {
          if (changes.length > 0) {
            loadings.push({ pack, result: 'changed', refusal: inUse(pack, changes) });
            continue;
          }
          if (!skillLoaded) {
            acts ??= await this.administration.lock(tx);
            await this.add(tx, acts, pack, frameworkLoaded, actor);
          }
          loadings.push({ pack, result: skillLoaded ? 'same' : 'added', refusal: null });
        }
      }
      return loadings;
    });
  }

  private async add(
    tx: Tx,
    acts: LockedAdministration,
    pack: FrameworkPack,
    frameworkLoaded: boolean,
    actor: string | null,
  ): Promise<void> {
    const { framework, skill } = pack;
    if (!frameworkLoaded) await this.store.addFramework(tx, pack);
    const policies = await this.store.addSkill(tx, pack, acts.at);
    await this.administration.append(tx, acts, {
      kind: 'framework.loaded',
      subject: `frameworks/${framework.id}/skills/${skill.code}`,
      actor,
      content: {
        framework: framework.id,
        version: framework.version,
        skill: skillRef(framework.id, skill.code),
        // what was loaded, to the letter
        pack: sha256Json(pack as unknown as Json).toString('hex'),
        policies: policies.map(policyContent),
      },
    });
  }
}

function inUse({ framework, skill }: FrameworkPack, changes: readonly string[]): Refusal {
  const what = changes.every((place) => place.startsWith('/skill/')) ? skillRef(framework.id, skill.code) : `The framework ${framework.id}`;
  return refuse(
    'framework-in-use',
    `${what} is loaded with other words (${changes.length === 1 ? '' : 'first of them '}${changes[0]}). What is loaded never changes: bring new wording as a new framework version, with an id of its own.`,
    changes.slice(0, maxErrors).map((pointer) => ({ pointer, code: 'changed', detail: 'This is not the same as what is loaded.' })),
  );
}
