import { Injectable } from '@nestjs/common';
import { Settings } from '../config';
import { type SupportFact, SupportsFacts } from '../evidence/supports.facts';
import { FrameworksFacts } from '../frameworks/frameworks.facts';
import { PoliciesFacts } from '../frameworks/policies.facts';
import type { Day } from '../kernel/clock';
import { parseSkillLevelRef, skillRef } from '../kernel/reference';
import { raise } from '../kernel/refusal';
import { Database } from '../platform/transaction';
import { eligibleAmong } from '../progress/eligibility';
import { EligibilityFacts } from '../progress/eligibility.facts';
import { todayIn } from '../progress/eligible-sql';
import { ProgressFacts } from '../progress/progress.facts';
import type { SkillProgress } from '../progress/progress.queries';
import { openStates } from './claim';
import { ClaimCases, gateSupportOf } from './claim-case.query';
import { type GateFacts, type GateVerdict, evaluateGate } from './gate';
import { countsUntil, lapsingBy, statementsToGo } from './readiness';
import type { LapsingAnswer, NextLevelAnswer, ReadinessAnswer } from './readiness.dto';

/** Says how far an engineer is from a level, by the gate that a claim to it would meet. */
@Injectable()
export class Readiness {
  constructor(
    private readonly db: Database,
    private readonly settings: Settings,
    private readonly frameworks: FrameworksFacts,
    private readonly policies: PoliciesFacts,
    private readonly supports: SupportsFacts,
    private readonly eligibility: EligibilityFacts,
    private readonly progress: ProgressFacts,
    private readonly cases: ClaimCases,
  ) {}

  /**
   * The gate of a level without a claim, today or on a day to come.
   * @throws Refused `level-not-defined`, or `malformed` for a day that has passed
   */
  async onDay(engineerId: string, skillLevel: string, on: Day | undefined): Promise<ReadinessAnswer> {
    const today = await this.today();
    if (on !== undefined && on < today) {
      return raise('malformed', 'The day has passed.', [
        { pointer: '?on', code: 'past', detail: `Today is ${today}: name it, or a later day.` },
      ]);
    }
    const { facts, supports } = await this.withoutClaim(engineerId, skillLevel, on ?? today);
    return {
      skillLevel,
      on: facts.measuredOn,
      gate: gateOf(evaluateGate(facts)),
      lapsing: lapsingOf({ ...facts, measuredOn: today }, facts.measuredOn, supports),
    };
  }

  /**
   * The level to work towards and what is missing for it: that of the open claim, else the next defined one above what is held.
   * @param shown the record's progress as the caller sees it: of claims that they do not see, nothing shows
   * @returns null where nothing is above
   */
  async next({ engineer, levels, currentLevel, today }: SkillProgress): Promise<NextLevelAnswer | null> {
    const claimed = levels.find(({ claim }) => claim !== null && openStates.includes(claim.state));
    const next = claimed ?? levels.find(({ defined, level }) => defined && level > (currentLevel ?? 0));
    if (next === undefined) return null;
    const openId = claimed?.claim?.id;
    const open = openId === undefined ? null : await this.cases.load(engineer.id, openId);
    const facts = open?.gateFacts ?? (await this.withoutClaim(engineer.id, next.ref, today)).facts;
    const statements = statementsToGo(facts);
    return {
      skillLevel: next.ref,
      level: next.level,
      statements,
      missing: statements.filter(({ state }) => state === 'missing').length,
      unmet: gateOf(open?.gate ?? evaluateGate(facts)).unmet,
    };
  }

  private async today(): Promise<Day> {
    const row = await this.db.one<{ today: Day }>(`SELECT ${todayIn('$1')} AS today`, [this.settings.TIME_ZONE]);
    if (row === null) throw new Error('the database has no clock');
    return row.today;
  }

  /** What the gate of a level looks at when there is no claim: nothing is left out or excused, the policy is the newest. */
  private async withoutClaim(
    engineerId: string,
    skillLevel: string,
    measuredOn: Day,
  ): Promise<{ facts: GateFacts; supports: readonly SupportFact[] }> {
    const name =
      parseSkillLevelRef(skillLevel) ?? raise('level-not-defined', `"${skillLevel}" is not a skill level such as sfia-9:ITOP.3.`);
    const ref = skillRef(name.frameworkId, name.code);
    const skill = await this.frameworks.skill(ref);
    const policy = await this.policies.policy(skillLevel);
    if (skill === null || policy === null) return raise('level-not-defined', `There is no skill level ${skillLevel}.`);
    const supports = await this.supports.supportsOfLevel(engineerId, skillLevel);
    const mentors = await this.eligibility.mentors(engineerId, ref);
    const facts: GateFacts = {
      policy,
      level: name.level,
      definedLevels: skill.definedLevels,
      levelsHeld: await this.progress.levelsHeld(engineerId, ref, measuredOn),
      statements: await this.frameworks.statementsOfLevel(skillLevel),
      supports: supports.map(gateSupportOf),
      leftOut: [],
      noOpportunity: [],
      measuredOn,
      eligibleMentors: eligibleAmong(mentors, name.level, policy.lineManagerMayApprove),
      approvedBy: [],
    };
    return { facts, supports };
  }
}

const gateOf = ({ submittable, approvable, unmet }: GateVerdict): ReadinessAnswer['gate'] => ({
  submittable,
  approvable,
  unmet: unmet.map((one) => ({ ...one })),
});

const lapsingOf = (factsToday: GateFacts, on: Day, supports: readonly SupportFact[]): LapsingAnswer[] =>
  lapsingBy(factsToday, on).map(({ evidenceId, statement, endedOn }) => ({
    evidenceId,
    title: supports.find((support) => support.evidenceId === evidenceId)?.evidence.title ?? '',
    statement,
    endedOn: endedOn ?? on,
    countsUntil: endedOn === null ? on : countsUntil(endedOn, factsToday.policy.maxAgeMonths),
  }));
