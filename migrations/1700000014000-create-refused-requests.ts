import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests that were refused for who asked: what an admin looks at to see somebody trying doors. */
export class CreateRefusedRequests1700000014000 implements MigrationInterface {
  readonly name = 'CreateRefusedRequests1700000014000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE refused_request (
        refused_request_id uuid PRIMARY KEY,
        at timestamptz(3) NOT NULL DEFAULT now(),
        -- the same id stands in the log and in the answer
        request_id uuid NOT NULL,
        person_id uuid REFERENCES person,
        -- personal, and needed to tell one source from many: kept for a while only
        address text,
        method text NOT NULL,
        -- the route's pattern, and of its parameters only the id of the person it was about: never what was written in a body or a query
        route text,
        about_id uuid,
        status smallint NOT NULL,
        code text NOT NULL,
        CONSTRAINT refused_request_status_check CHECK (status BETWEEN 400 AND 499),
        CONSTRAINT refused_request_texts_check CHECK (length(method) <= 10 AND length(route) <= 300 AND length(code) <= 60 AND length(address) <= 60)
      );
      -- "what was this person refused", newest first
      CREATE INDEX refused_request_person_idx ON refused_request (person_id, refused_request_id DESC);
      GRANT SELECT, INSERT, DELETE ON refused_request TO touchstone_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE refused_request`);
  }
}
