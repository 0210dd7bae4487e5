import { checkDay, checkLevel, targetShown, targetStateOf } from './target';

const target = { level: 3, by: '2027-03-31' };

describe('the state of a target', () => {
  it.each([
    [null, '2027-03-30', 'on-track'],
    // the day itself still counts
    [null, '2027-03-31', 'on-track'],
    [null, '2027-04-01', 'late'],
    [2, '2027-03-31', 'on-track'],
    [2, '2027-04-01', 'late'],
    [3, '2026-01-01', 'reached'],
    [4, '2027-03-31', 'reached'],
    // reached late is reached
    [3, '2027-04-01', 'reached'],
    [5, '2030-01-01', 'reached'],
  ] as const)('with level %s held on %s is %s', (held, today, state) => {
    expect(targetStateOf(target, held, today)).toBe(state);
  });

  it('is shown with the target, and nothing where none is set', () => {
    expect(targetShown(3, '2027-03-31', 2, '2027-04-01')).toEqual({ ...target, state: 'late' });
    expect(targetShown(null, null, 2, '2027-04-01')).toBeNull();
  });
});

describe('a target', () => {
  it('is for today or a later day', () => {
    expect(checkDay('2027-03-30', '2027-03-31')).toMatchObject({ code: 'malformed', errors: [{ pointer: '/by', code: 'past' }] });
    expect(checkDay('2027-03-31', '2027-03-31')).toBeNull();
  });

  it('is a level that the skill defines', () => {
    expect([1, 2, 3, 6].map((level) => checkLevel(level, [2, 3, 5])?.code ?? null)).toEqual([
      'level-not-defined',
      null,
      null,
      'level-not-defined',
    ]);
  });
});
