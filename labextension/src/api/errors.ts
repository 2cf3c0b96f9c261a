/** The server's answer was no; `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** What was thrown, as an error of this kind. */
  static of(reason: unknown): ApiError {
    if (reason instanceof ApiError) {
      return reason;
    }
    return new ApiError(0, reason instanceof Error ? reason.message : String(reason));
  }
}
