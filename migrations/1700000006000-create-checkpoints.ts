import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Checkpoints over the heads of all chains (docs/decisions/0006): the tree's leaves in the order they were appended, its nodes, and what was signed. */
export class CreateCheckpoints1700000006000 implements MigrationInterface {
  readonly name = 'CreateCheckpoints1700000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the tree's leaves: heads that had moved since the checkpoint before; only ever appended to
      CREATE TABLE checkpoint_leaf (
        leaf_index integer PRIMARY KEY,
        -- no foreign key into the records: the tree spans them all and stays in one place when they are spread over machines
        engineer_id uuid NOT NULL,
        seq integer NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT checkpoint_leaf_check CHECK (leaf_index >= 0 AND seq >= 1 AND octet_length(hash) = 32)
      );
      -- "has this head a leaf", and "the first leaf that covers this entry"
      CREATE UNIQUE INDEX checkpoint_leaf_head_key ON checkpoint_leaf (engineer_id, seq);

      -- complete subtrees above the leaves: with them a proof reads a few rows and not the whole tree
      CREATE TABLE checkpoint_node (
        level smallint NOT NULL,
        position integer NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (level, position),
        CONSTRAINT checkpoint_node_check CHECK (level >= 1 AND position >= 0 AND octet_length(hash) = 32)
      );

      -- what was signed and given out; of the key only its public half is here
      CREATE TABLE checkpoint (
        number integer PRIMARY KEY,
        at timestamptz(3) NOT NULL,
        tree_size integer NOT NULL,
        root bytea NOT NULL,
        -- the digest of the one before: none is left out unseen
        previous bytea,
        key_id text NOT NULL,
        public_key bytea NOT NULL,
        signature bytea NOT NULL,
        CONSTRAINT checkpoint_sizes_check CHECK (octet_length(root) = 32 AND octet_length(public_key) = 32 AND octet_length(signature) = 64),
        CONSTRAINT checkpoint_first_check CHECK (number >= 1 AND tree_size >= 1 AND (number = 1) = (previous IS NULL))
      );
      -- each has more leaves than the one before; also "the first checkpoint that covers this leaf"
      CREATE UNIQUE INDEX checkpoint_tree_size_key ON checkpoint (tree_size);

      GRANT SELECT, INSERT ON checkpoint_leaf, checkpoint_node, checkpoint TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE checkpoint, checkpoint_node, checkpoint_leaf`);
  }
}
