/** SQL: an instant in RFC 3339 as it is answered, so that it is a text from the database on and never a Date. */
export const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
