internal import HTTPMessages
internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    static let models = OperationGroup(
        "Models",
        "What evaluators can ask: the models of configured providers, and models of your own by the address of their server. "
            + "Evaluators name models by `name`.",
        [
            .list("/v1/models/", "models_list", "Lists models", of: ModelRow.self)
                .asking(.text("capable_of", "Accepted and ignored: all models are listed."), ordering),
            .create("/v1/models/", "models_create", "Adds a model", ModelRequest.self, ModelBody.self)
                .showing(["name": "our-llama", "model": "openai/llama-3.3-70b", "url": "https://llm.example.com/v1"]),
            Operation(.post, "/v1/models/verify/", "models_verify_create", "Tries a model that is not added yet")
                .saying("One short call through the LLM proxy. That the model fails is an answer, and no error.")
                .taking(ModelVerificationRequest.self).answering(200, ModelVerificationResult.self)
                .failing(403, 504).showing(["model": "openai/gpt-5-mini", "api_key": "…"]),
            .read("/v1/models/{id}/", "models_retrieve", "Shows a model", ModelBody.self),
            .replace("/v1/models/{id}/", "models_update", "Changes a model", ModelRequest.self, ModelBody.self),
            .change(
                "/v1/models/{id}/", "models_partial_update", "Changes parts of a model", ModelRequest.self,
                ModelBody.self),
            .delete("/v1/models/{id}/", "models_destroy", "Removes a model"),
        ])
}

extension ModelRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ModelRequest", "What a model of your own is to be.",
        [
            "name": "By what evaluators name it; taken once. Needed when it is made.",
            "model":
                "What its server calls it, with the kind of provider in front, such as `ollama/llama3`; the name when absent.",
            "url": "Where an OpenAI-compatible server is.",
            "default_key": "Its server's key. It is sealed before it is stored, and nothing ever returns it.",
            "max_output_token_count": Note("The longest answer.", range: 800...2_147_483_647),
            "max_token_count": Note("The longest prompt and answer together.", range: 1...2_147_483_647),
        ])
}

extension ModelBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Model", "A model.",
        [
            "model": "What its server calls it.", "url": "Where its server is.",
            "max_output_token_count": Note("The longest answer; left out when nobody says.", isLeftOut: true),
            "abilities": Note("What was found out about its server; left out until then.", isLeftOut: true),
        ])
}

extension OperatorAbilities: DocumentedResponse {
    package static let notes = TypeNotes(
        "ModelAbilities", "What a server of models was found to be able to do.",
        [
            "kind": "What its server is, such as `vllm`, `llama_cpp`, `ollama` or `openai_compatible`.",
            "context_length": "How many tokens it reads, where the server says so.",
            "findings": "Each ability with the answer, and what it is concluded from.",
        ])
}

extension ModelRow: DocumentedResponse {
    package static let notes = TypeNotes(
        "ModelList", "A model in a list.",
        [
            "provider": "Where it is served; null for a model with an address of its own.",
            "visibility": Note("Who may use it.", choices: ["PUBLIC", "PUBLIC_UNLISTED", "PRIVATE"]),
            "model": "The model that really answers, where it differs from the name.",
        ])
}

extension ModelVerificationRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ModelTestRequest", "A model to try.",
        [
            "model": "What its server calls it. Needed.",
            "api_key": "Its server's key; used for this call and not kept.",
            "url": "Where its server is; a configured provider when absent.",
        ])
}

extension ModelVerificationResult: DocumentedResponse {
    package static let notes = TypeNotes(
        "ModelTestResponse", "What came of the trial.",
        ["response": "What the model said.", "error": "Why it said nothing.", "usage": "The tokens of the call."])
}
