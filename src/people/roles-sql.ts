/** SQL: whether a person's roles stand still: who was invited afresh holds none for a while, since whoever made that invitation may be acting, and would be two people at once. */
const isBarred = (person: string): string => `${person}.approvals_barred_until > now()`;

/** SQL: the roles that a person (a row of person) holds now: what the sign-in guard goes by, for whatever else asks. */
export const rolesNow = (person: string): string => `CASE WHEN ${isBarred(person)} THEN '{}' ELSE ${person}.roles END`;

/** SQL, a condition: whether a person (a row of person) is an auditor now. */
export const isAuditorNow = (person: string): string => `('auditor' = ANY (${person}.roles) AND coalesce(NOT ${isBarred(person)}, true))`;
