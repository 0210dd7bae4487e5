import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the administration ledger could hold before. */
const kinds = [
  'rules.adopted',
  'framework.loaded',
  'policy.set',
  'accreditation.granted',
  'accreditation.ended',
  'roles.changed',
  'person.added',
  'person.edited',
  'people.imported',
  'person.deactivated',
  'person.reactivated',
  'person.erased',
  'manager.changed',
  'invitation.issued',
  'invitation.used',
  'request.made',
  'request.confirmed',
  'request.declined',
  'request.expired',
  'record.opened-by-admin',
];

/** What takes two admins: one asks for it, another one confirms. */
export class CreateAdminRequests1700000012000 implements MigrationInterface {
  readonly name = 'CreateAdminRequests1700000012000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE admin_request (
        request_id uuid PRIMARY KEY,
        action text NOT NULL,
        -- whom it is about; with what exactly where that does not say it: a role, a piece of their record
        person_id uuid NOT NULL REFERENCES person,
        target text NOT NULL DEFAULT '',
        -- words about a person: taken out when they are erased
        reason text,
        state text NOT NULL DEFAULT 'open',
        requested_by uuid NOT NULL REFERENCES person,
        requested_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        decided_by uuid REFERENCES person,
        decided_at timestamptz(3),
        decision_reason text,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT admin_request_action_check CHECK (action IN ('give-role', 'fresh-invitation', 'remove-totp', 'erase-person', 'redact')),
        CONSTRAINT admin_request_target_check CHECK (CASE action
          WHEN 'give-role' THEN target IN ('admin', 'auditor')
          WHEN 'redact' THEN target ~ '^(evidence|claims)/'
          ELSE target = '' END),
        CONSTRAINT admin_request_state_check CHECK (state IN ('open', 'confirmed', 'refused', 'withdrawn', 'expired')),
        -- nobody asks for themselves
        CONSTRAINT admin_request_self_check CHECK (requested_by <> person_id),
        -- two hands: who confirms or refuses neither asked for it nor is whom it is about; only who asked withdraws; time needs no hand
        CONSTRAINT admin_request_decided_check CHECK (CASE state
          WHEN 'confirmed' THEN decided_by IS NOT NULL AND decided_by <> requested_by AND decided_by <> person_id
          WHEN 'refused' THEN decided_by IS NOT NULL AND decided_by <> requested_by AND decided_by <> person_id
          WHEN 'withdrawn' THEN decided_by IS NOT NULL AND decided_by = requested_by
          ELSE decided_by IS NULL END),
        CONSTRAINT admin_request_times_check CHECK (expires_at > requested_at AND (state = 'open') = (decided_at IS NULL)),
        CONSTRAINT admin_request_texts_check CHECK (length(target) <= 200 AND length(reason) <= 1000 AND length(decision_reason) <= 1000)
      );
      -- the same thing is asked for once at a time
      CREATE UNIQUE INDEX admin_request_open_key ON admin_request (person_id, action, target) WHERE state = 'open';
      -- those whose time is over are looked for every hour
      CREATE INDEX admin_request_expires_idx ON admin_request (expires_at) WHERE state = 'open';
      GRANT SELECT, INSERT ON admin_request TO touchstone_app;
      -- what was asked, by whom and about whom stays as it is
      GRANT UPDATE (reason, state, decided_by, decided_at, decision_reason, version) ON admin_request TO touchstone_app;

      -- one more act: two admins turn off the one-time codes of somebody who has lost them
      ALTER TABLE administration_entry DROP CONSTRAINT administration_entry_kind_check;
      ALTER TABLE administration_entry ADD CONSTRAINT administration_entry_kind_check CHECK (kind IN (
        ${[...kinds, 'totp.removed'].map((kind) => `'${kind}'`).join(', ')}
      ));

      -- everybody is told of a fresh invitation of theirs, at each look at who they are
      CREATE INDEX invitation_person_idx ON invitation (person_id, created_at DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX invitation_person_idx;
      ALTER TABLE administration_entry DROP CONSTRAINT administration_entry_kind_check;
      ALTER TABLE administration_entry ADD CONSTRAINT administration_entry_kind_check CHECK (kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}));
      DROP TABLE admin_request;
    `);
  }
}
