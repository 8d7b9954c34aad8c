/// What a reason for having no score means, and what helps.
package struct FailureAdvice: Sendable, Hashable {
    package let meaning: String
    package let advice: String

    /// By the code; one that is not known here is said to be so.
    package static func of(_ code: String) -> FailureAdvice {
        known[code]
            ?? FailureAdvice(
                meaning: "A reason that this console does not know: the server is newer.",
                advice: "Use the console of the server's version.")
    }

    /// By the raw values of `EvaluationFailure.Code`.
    package static let known = [
        "provider_error": FailureAdvice(
            meaning: "The provider answered with an error of its own.",
            advice: "Often passing: run it again. If it stays, look at the provider's status page."),
        "rate_limited": FailureAdvice(
            meaning: "The provider takes no more requests at the moment, also after waiting.",
            advice: "Run it again later, spread the load, raise the quota at the provider, or add a fall-back model."),
        "timeout": FailureAdvice(
            meaning: "The model did not answer in time.",
            advice: "Run it again. If it happens often, use a faster model or allow more time."),
        "invalid_response": FailureAdvice(
            meaning: "The model's answer was not the verdict that was asked for, also after it was asked to repair it.",
            advice: "Read the raw reply. A stronger model, or criteria that say more clearly what is asked, help."),
        "no_provider": FailureAdvice(
            meaning: "No configured provider serves the model.",
            advice: "Configure a provider for the model, or choose another model for the evaluator."),
        "context_length": FailureAdvice(
            meaning: "The text is longer than the model can read.",
            advice: "Send fewer or shorter contexts, or use a model with a longer window."),
        "authentication": FailureAdvice(
            meaning: "The provider refused the key that is configured for it.",
            advice: "Replace the provider's key. Everything that uses the provider fails until then."),
        "refused": FailureAdvice(
            meaning: "The model declined to judge, as its own rules want.",
            advice: "Read the raw reply. Another model, or criteria that say that judging is harmless, may help."),
        "invalid_input": FailureAdvice(
            meaning: "The criteria cannot be filled from the input: something that they name was not sent.",
            advice: "Send what the evaluator needs, or change its criteria. Running it again does not help."),
        "cancelled": FailureAdvice(
            meaning: "The caller gave up before there was a result.",
            advice: "Run it again if it is still wanted. If callers often give up, let them wait longer."),
        "unavailable": FailureAdvice(
            meaning: "A part of this installation could not be reached.",
            advice: "Look at the health of the daemons, then run it again."),
        "internal": FailureAdvice(
            meaning: "Something went wrong on our side.",
            advice: "The daemons' logs name the cause under the request's identifier. Please report it."),
    ]
}
