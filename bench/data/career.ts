import type { ClaimState } from '../../src/claims/claim';
import { type Target, targetContent, targetSubject } from '../../src/progress/target';
import { type Catalogue, Claims, type Granted, type Named } from './claims';
import { EngineerRecord, type Means, type Statement } from './engineer-record';
import { hex } from './rows';

/** An engineer, and how much there is to be told of them. */
export interface Engineer extends Named {
  readonly joined: Date;
  readonly mentors: readonly Named[];
  /** Who sets them targets; they do it themselves where there is nobody. */
  readonly managerId?: string | null;
  readonly evidence: number;
  /** The level they are after now. */
  readonly target: number;
  /** How many levels they went through, the present one with them. */
  readonly phases: number;
  /** What has become of their claim to the target. */
  readonly stage: ClaimState | 'none';
}

const day = 86_400_000;

/** How the claims of earlier phases ended, in a hundred. */
const endings = { approved: 84, refused: 4, withdrawn: 4, none: 8 } as const;

/** Fills the records of engineers: phase after phase they work towards a level, and claim it in the end. */
export class Careers {
  private readonly claims: Claims;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly means: Means,
    private readonly adminId: string,
  ) {
    this.claims = new Claims(catalogue, means);
  }

  /** Somebody who has logged nothing. */
  empty(personId: string): void {
    new EngineerRecord(personId, [], this.means).close();
  }

  /** Fills an engineer's record; answers the ids of the evidence that is listed. */
  fill(engineer: Engineer): string[] {
    const { random, asOf } = this.means;
    const { joined, mentors, phases, target, evidence } = engineer;
    const record = new EngineerRecord(
      engineer.id,
      mentors.map(({ id }) => id),
      this.means,
    );
    for (const mentor of mentors) record.plan(new Date(joined.getTime() + day), (at) => this.mentor(record, mentor.id, at));
    const length = (asOf.getTime() - joined.getTime() - 2 * day) / phases;
    const held: Granted[] = [];
    for (let phase = 0; phase < phases; phase += 1) {
      const from = new Date(joined.getTime() + 2 * day + phase * length);
      const until = phase === phases - 1 ? asOf : new Date(from.getTime() + length);
      const level = Math.max(1, target - (phases - 1 - phase));
      const stage = phase === phases - 1 ? engineer.stage : random.weighted(endings);
      const pieces = Math.floor((evidence * (phase + 1)) / phases) - Math.floor((evidence * phase) / phases);
      // before a claim, and before the next phase, there is time to have the work judged; without one, work goes on to the last day
      const goesOn = stage === 'none' && phase === phases - 1;
      const last = until.getTime() - (goesOn ? 1 : 75) * day;
      for (let piece = 0; piece < pieces; piece += 1)
        record.planWork(
          new Date(from.getTime() + Math.floor(random.next() * Math.max(day, last - from.getTime()))),
          this.shownAt(level, piece),
        );
      if (phase === phases - 1) this.planTarget(record, engineer, from, new Date(last));
      record.happen();
      if (stage === 'none') continue;
      const mustEnd = phase < phases - 1;
      const levelsHeld = held.map((one) => one.level);
      const granted = this.claims.add(record, { name: engineer.name, level, levelsHeld, mentors, stage, mustEnd, until });
      if (granted === null) continue;
      if (mustEnd && random.percent(2)) this.claims.revoke(record, granted, this.adminId, new Date(until.getTime() - day / 2));
      else held.push(granted);
    }
    record.close();
    return record.listed();
  }

  /** About three statements that a piece of work shows: most of them of the level that the engineer is after. */
  private shownAt(level: number, piece: number): Statement[] {
    const { random, everyLevel = false } = this.means;
    const { statements, skill } = this.catalogue;
    if (everyLevel) {
      const { definedLevels } = skill;
      const levels = [0, 1, 2].map((step) => definedLevels[(piece * 3 + step) % definedLevels.length]);
      return levels.map((of) => random.pick(statements.filter((one) => one.level === of)));
    }
    const count = random.int(2, 4);
    const near = statements.filter((one) => one.level === level);
    const chosen = random.percent(75) ? random.some(near, count) : [];
    if (chosen.length === count) return chosen;
    const beside = statements.filter((one) => one.level === level - 1 || one.level === level + 1);
    return [...chosen, ...random.some(beside, count - chosen.length)];
  }

  /** A target for two engineers in five, for the level they are after or the one beyond; some are changed later, or taken back. What has become of it shows in the end. */
  private planTarget(record: EngineerRecord, { id, managerId, target }: Engineer, from: Date, until: Date): void {
    const { random } = this.means;
    if (!random.percent(40)) return;
    const by = random.percent(70) ? (managerId ?? id) : id;
    const setAt = from.getTime() + Math.floor(random.next() * Math.max(day, until.getTime() - from.getTime()));
    const dayAfter = (at: number): string => new Date(at + random.int(60, 420) * day).toISOString().slice(0, 10);
    const first: Target = { level: Math.min(target + Number(random.percent(15)), 5), by: dayAfter(setAt) };
    record.plan(new Date(setAt), (at) => this.setTarget(record, 1, first, by, at));
    const changedAt = setAt + Math.floor(random.next() * (until.getTime() - setAt));
    if (changedAt <= setAt || !random.percent(25)) return;
    const second = random.percent(75) ? { level: target, by: dayAfter(changedAt) } : null;
    record.plan(new Date(changedAt), (at) => this.setTarget(record, 2, second, by, at));
  }

  private setTarget({ engineerId, chain }: EngineerRecord, revision: number, target: Target | null, by: string, at: Date): void {
    const { ref } = this.catalogue.skill;
    const digest = chain.keep(targetContent(ref, target));
    this.means.rows.add('target', {
      engineer_id: engineerId,
      skill_ref: ref,
      revision,
      at: at.toISOString(),
      skill_level_ref: target === null ? null : `${ref}.${target.level}`,
      level: target?.level ?? null,
      reach_by: target?.by ?? null,
      set_by: by,
      digest: hex(digest),
    });
    chain.append('target.set', targetSubject(ref), by, at, digest);
  }

  private mentor({ engineerId, chain }: EngineerRecord, mentorId: string, at: Date): void {
    const { random, rows } = this.means;
    const id = random.id(at);
    const skills = [this.catalogue.skill.ref];
    const key = { engineer_id: engineerId, mentorship_id: id };
    rows.add('mentorship', {
      ...key,
      mentor_id: mentorId,
      from_at: at.toISOString(),
      until_at: null,
      created_by: this.adminId,
      created_at: at.toISOString(),
    });
    for (const skill of skills) rows.add('mentorship_skill', { ...key, skill_ref: skill });
    const content = chain.keep({ mentor: mentorId, skills, from: at.toISOString(), until: null });
    chain.append('mentorship.begun', `mentors/${id}`, this.adminId, at, content);
  }
}
