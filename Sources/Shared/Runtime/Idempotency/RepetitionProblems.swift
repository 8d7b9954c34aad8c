internal import HTTPServing

/// What callers are told who repeat a call.
extension APIProblem {
    static let uploadWithKey = APIProblem.invalid(
        "Idempotency-Key",
        "A form with a file is not recognised when it comes again. Send it without the key, and look for what it made before "
            + "you send it again.")

    static let streamWithKey = APIProblem.invalid(
        "Idempotency-Key",
        "Answers that are streamed cannot be repeated. Ask without `stream`, or without the key.")

    static let keyStandsForAnotherCall = APIProblem(
        status: 422, code: "idempotency_key_reused", title: "The idempotency key was used before.",
        detail: "This idempotency key was used for another call in the last 24 hours. Choose a new one for each call.")

    static let stillRunning = APIProblem(
        status: 409, code: "idempotency_in_progress", title: "The same call is under way.",
        detail: "The call with this idempotency key is still under way. Ask again.",
        headers: RetryAfter(.seconds(1)).headers)

    static let outcomeUnknown = APIProblem(
        status: 409, code: "idempotency_outcome_unknown", title: "Nobody knows whether the call was done.",
        detail:
            "The server stopped while it made the call with this idempotency key, which may be done or not. Look, and "
            + "use a new key to have it done again.")

    static let answerNotKept = APIProblem(
        status: 409, code: "idempotency_answer_not_kept", title: "The call was done.",
        detail:
            "The call with this idempotency key was done. Its answer was too long to be kept, or it carried a secret, which "
            + "is shown once.")
}
