internal import Cryptography
package import FoundationEssentials
internal import HTTPMessages

extension Provider {
    /// Adds to a call what the provider recognises us by. A signature covers the body, so this comes last.
    package func authorize(_ call: inout ProviderRequest, now: Date) {
        identify(in: &call.headers)
        if case .aws(let credentials) = credential { sign(&call, credentials, now) }
    }

    /// Fields with what the provider recognises us by; `nil` where each call is signed.
    func authorized(_ fields: HTTPHeaders) -> AuthorizedFields? {
        if case .aws = credential { return nil }
        var fields = fields
        identify(in: &fields)
        return AuthorizedFields(fields: fields)
    }

    private func identify(in fields: inout HTTPHeaders) {
        if let organization = settings.openAIOrganization { fields.add("openai-organization", organization) }
        if let project = settings.openAIProject { fields.add("openai-project", project) }
        switch credential {
        case .none, .aws: break
        case .accessToken(let token): fields.add("authorization", "Bearer \(token.text)")
        case .key(let key):
            switch kind {
            case .anthropic: fields.add("x-api-key", key.text)
            case .azureOpenAI: fields.add("api-key", key.text)
            case .gemini, .vertexAI: fields.add("x-goog-api-key", key.text)
            case .openAI, .bedrock, .mistral, .cohere, .groq, .openRouter, .vllm, .llamaCpp, .ollama,
                .openAICompatible:
                fields.add("authorization", "Bearer \(key.text)")
            }
        }
    }

    private func sign(_ call: inout ProviderRequest, _ credentials: SigV4.Credentials, _ now: Date) {
        let signer = SigV4(credentials: credentials, region: settings.region ?? "us-east-1", service: "bedrock")
        let parts = URLParts(call.url)
        let headers = [(name: "host", value: parts.host)] + call.headers.fields.map { (name: $0.name, value: $0.value) }
        let added = signer.sign(
            method: call.method.rawValue, path: parts.path, query: parts.query, headers: headers,
            payload: .bytes(call.body), date: now)
        for (name, value) in added { call.headers.add(name, value) }
    }
}

/// The parts of an address that are signed.
struct URLParts {
    let host: String
    let path: String
    let query: String?

    init(_ url: String) {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let question = rest[slash...].firstIndex(of: "?") ?? rest.endIndex
        host = String(rest[..<slash])
        path = slash == question ? "/" : String(rest[slash..<question])
        query = question == rest.endIndex ? nil : String(rest[rest.index(after: question)...])
    }
}
