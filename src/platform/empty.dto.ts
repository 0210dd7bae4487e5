/** The body of a request that says all it has to say by its path: empty, or an empty object. */
export class EmptyRequest {}
