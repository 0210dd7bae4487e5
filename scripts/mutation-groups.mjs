/** What is mutated, by the groups whose score is held each on its own. SQL in TypeScript (pins.ts) is left to the tests that have a database. */
export const groups = {
  gate: ['src/claims/gate.ts', 'src/claims/readiness.ts'],
  claim: ['src/claims/claim.ts', 'src/evidence/support.ts'],
  policies: [
    'src/claims/claim.policy.ts',
    'src/claims/sign-off.policy.ts',
    'src/evidence/evidence.policy.ts',
    'src/frameworks/policies.policy.ts',
    'src/frameworks/policy.ts',
    'src/people/person.policy.ts',
    'src/progress/eligibility.ts',
  ],
  ledger: [
    'src/ledger/administration.ts',
    'src/ledger/administration-facts.ts',
    'src/ledger/administration-rows.ts',
    'src/ledger/chain-content.ts',
    'src/ledger/checkpoint.ts',
    'src/ledger/claims-of-chain.ts',
    'src/ledger/entry.ts',
    'src/ledger/ledger-verifier.ts',
    'src/ledger/merkle.ts',
    'src/ledger/proof.ts',
    'src/ledger/record-row.ts',
    'src/ledger/record-rows.ts',
    'src/ledger/what-may-go.ts',
  ],
};
