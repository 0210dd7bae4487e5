import { v7, validate, version } from 'uuid';

/** A new id: UUIDv7, so that ids sort by the time they were made. */
export const newId = (): string => v7();

/** Whether the text is the id of something here (UUIDv7, any case). */
export const isId = (text: string): boolean => validate(text) && version(text) === 7;
