import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Viewpoint } from '../kernel/actor';
import { Caller } from '../platform/api-request';
import { Requires, Scoped } from '../platform/requires';
import { ReviewsAnswer, ReviewsQuery } from './reviews.dto';
import { ReviewsQueries } from './reviews.queries';

@ApiTags('Reviews')
@Controller('reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsQueries) {}

  /** What waits for the caller as an eligible mentor: submitted claims by the day they are due, and loose supports, the oldest first. */
  @Requires('signed-in')
  @Scoped('reviews:read')
  @Get()
  waiting(@Caller() { personId }: Viewpoint, @Query() { limit, cursor }: ReviewsQuery): Promise<ReviewsAnswer> {
    return this.reviews.waitingFor(personId, limit, cursor);
  }
}
