internal import ChatModel

extension FailureReport {
    /// The class of failure that a status and its report mean; `name` and `model` are for the sentence.
    func failure(status: Int, name: String, model: String) -> ChatFailure {
        let provider = "provider \(name)"
        let model = "model \(model)"
        // What is too large for this provider's door another one may take.
        if (400...422).contains(status), saysTooLong || status == 413 {
            return ChatFailure(.contextLength, "the prompt is longer than \(model) of \(provider) can read")
        }
        if saysFiltered { return ChatFailure(.refused, "\(provider) declined the prompt for \(model)") }
        if status == 402 || saysQuotaIsUsedUp || isTerminal && status == 429 {
            return ChatFailure(.quotaExhausted, "the quota or credit at \(provider) is used up")
        }
        switch status {
        case 400 where saysModelFailed:
            return ChatFailure(.invalidResponse, "\(model) of \(provider) broke off", isTransient: true)
        case 403 where concernsModel:
            return ChatFailure(.noProvider, "\(provider) does not let its account use \(model)")
        case 401, 403: return ChatFailure(.authentication, "\(provider) does not accept its key for \(model)")
        case 404: return ChatFailure(.noProvider, "\(provider) does not know \(model)")
        case 408, 504: return ChatFailure(.timeout, "\(provider) gave up waiting for \(model)")
        case 429: return ChatFailure(.rateLimited, "\(provider) takes no more calls of \(model) now")
        case 424: return ChatFailure(.providerError, "\(provider) failed on \(model)")
        // Groq's and Cohere's own: no capacity left in this class of service, and a token that is not valid.
        case 498 where code == "invalid_token" || message?.contains("token") == true:
            return ChatFailure(.authentication, "\(provider) does not accept its key for \(model)")
        case 498: return ChatFailure(.overloaded, "\(provider) has no capacity for \(model) now")
        case 400..<500:
            return ChatFailure(.invalidRequest, "\(provider) refuses the request for \(model)", parameter: parameter)
        // llama.cpp's word for what it was not started for, such as embeddings: the model is well.
        case 501: return ChatFailure(.noProvider, "\(provider) does not offer what is asked of \(model)")
        case 503, 529: return ChatFailure(.overloaded, "\(provider) has too much work to answer \(model)")
        case 500..<600: return ChatFailure(.providerError, "\(provider) failed on \(model)")
        default:
            return ChatFailure(
                .providerError, "\(provider) answered \(model) with the unexpected status \(status)", isTransient: false
            )
        }
    }
}
