import { standing, standingTargets } from '../../src/progress/standing-sql';
import type { TestApp } from '../setup/app';

/** Makes where people (everybody, if none are named) stand anew from their progress and targets, after these were written by SQL and not by the application. */
export async function restand(api: TestApp, ...engineerIds: readonly string[]): Promise<void> {
  const everybody = async (): Promise<string[]> =>
    (await api.database.query<{ id: string }>(`SELECT engineer_id AS id FROM record`)).map(({ id }) => id);
  for (const id of engineerIds.length > 0 ? engineerIds : await everybody()) {
    await api.database.query(standing('true'), [id]);
    await api.database.query(standingTargets, [id]);
  }
}
