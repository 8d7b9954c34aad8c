import ChatModel
import CloudIdentity
import Cryptography
import FoundationEssentials
import HTTPMessages
import JSON
import Providers
import TestSupport
import Testing

/// Credentials that are exchanged for tokens, and lists of models.
@Suite struct TokenTests {
    private func account(_ changes: (inout JSONObject) -> Void = { _ in }) throws -> ServiceAccount {
        var file: JSONObject = [
            "type": "service_account", "project_id": "p", "private_key_id": "k1", "private_key": .string(KnownKey.pem),
            "client_email": "a@p.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
        ]
        changes(&file)
        return try ServiceAccount(json: JSONWriter.bytes(of: .object(file)))
    }

    @Test func aServiceAccountAsksWithASignedClaim() throws {
        let account = try account()
        #expect(account.project == "p")
        let call = try account.tokenExchange(now: Wire.now)
        #expect(call.url == "https://oauth2.googleapis.com/token")
        #expect(TokenExchange.headers["content-type"] == "application/x-www-form-urlencoded")
        let body = String(decoding: call.body, as: UTF8.self)
        let start = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        #expect(body.hasPrefix(start))
        let parts = body.dropFirst(start.count).split(separator: ".")
        try #require(parts.count == 3)
        let header = try #require(Base64URL.decode(parts[0]))
        try expectJSON(header, #"{"alg":"RS256","typ":"JWT","kid":"k1"}"#)
        try expectJSON(
            try #require(Base64URL.decode(parts[1])),
            #"{"iss":"a@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform","aud":"https://oauth2.googleapis.com/token","iat":1795413600,"exp":1795417200}"#
        )
        let signed = try SigningKey(pem: KnownKey.pem).signature(of: Array("\(parts[0]).\(parts[1])".utf8))
        #expect(Base64URL.decode(parts[2]) == signed)
    }

    @Test func aWrongKeyFileSaysWhatIsWrong() {
        #expect { try account { $0["private_key"] = nil } } throws: { "\($0)".contains("private_key") }
        #expect { try account { $0["type"] = "user" } } throws: { "\($0)".contains("service account") }
        #expect { try account { $0["private_key"] = "secret" } } throws: { !"\($0)".contains("secret") }
    }

    @Test func tokensEndWhenTheServerSays() throws {
        let body = Array(#"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#.utf8)
        let token = try OAuthToken(status: 200, body: body, now: Wire.now)
        #expect(token.token == ProviderKey("ya29.x"))
        #expect(token.expiry == Wire.now.addingTimeInterval(3599))
        #expect {
            try OAuthToken(
                status: 400, body: Array(#"{"error":"invalid_grant","error_description":"Invalid JWT"}"#.utf8),
                now: Wire.now)
        } throws: { "\($0)" == "the token server answered 400: Invalid JWT" }
    }

    @Test func anEntraApplicationAsksForAzuresScope() {
        let call = EntraApplication(tenant: "t", clientID: "c", secret: ProviderKey("s&s")).tokenRequest()
        #expect(call.url == "https://login.microsoftonline.com/t/oauth2/v2.0/token")
        #expect(
            String(decoding: call.body, as: UTF8.self)
                == "grant_type=client_credentials&client_id=c&client_secret=s%26s&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default"
        )
    }

    @Test func storedKeysAreReadByTheKindOfTheirProvider() throws {
        func access(_ kind: ProviderKind, _ key: String?) -> ProviderAccess? {
            kind.access(by: key.map { ProviderKey($0) })
        }
        guard case .credential(.none) = access(.vllm, nil), case .credential(.key) = access(.openAI, "sk-1"),
            case .credential(.aws(let pair)) = access(.bedrock, "AKIAX:secret:session"),
            case .credential(.aws) = access(.bedrock, "testing:testing"),
            case .credential(.key) = access(.bedrock, "ABSK-bearer"),
            case .credential(.key) = access(.vertexAI, "AIza1"),
            case .tokens(let azure) = access(
                .azureOpenAI, #"{"tenant_id":"t","client_id":"c","client_secret":"s"}"#)
        else {
            Issue.record("a key was read as another")
            return
        }
        #expect(pair.accessKeyID == "AKIAX" && pair.sessionToken == "session")
        #expect(try azure.request(now: Wire.now).url.hasPrefix("https://login.microsoftonline.com/t/"))
        #expect(!azure.id.contains("client"))
        #expect(access(.vertexAI, "{}") == nil)
    }

    @Test(arguments: [
        (ProviderKind.openAI, "https://api.openai.com/v1/models"),
        (.anthropic, "https://api.anthropic.com/v1/models?limit=1000"),
        (.gemini, "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000"),
        (.cohere, "https://api.cohere.com/v1/models?page_size=1000"), (.vllm, "http://host:1/v1/models"),
        (.ollama, "http://127.0.0.1:11434/v1/models"),
    ])
    func modelsAreListedWhereThereIsAList(kind: ProviderKind, url: String) {
        #expect(Wire.endpoint(kind).provider.modelsRequest(now: Wire.now)?.url == url)
        #expect(Wire.endpoint(.bedrock).provider.modelsRequest(now: Wire.now) == nil)
    }

    @Test(arguments: [
        #"{"object":"list","data":[{"id":"a","max_model_len":10,"max_completion_tokens":5}]}"#,
        #"{"models":[{"name":"models/a","inputTokenLimit":10,"outputTokenLimit":5}]}"#,
        #"{"models":[{"name":"a","context_length":10,"max_completion_tokens":5}]}"#,
        #"{"data":[{"id":"a","context_length":10,"top_provider":{"max_completion_tokens":5}}]}"#,
        #"[{"id":"a","context_window":10,"max_completion_tokens":5}]"#,
    ])
    func listsOfModelsAreReadInAnyForm(body: String) throws {
        let models = try Wire.endpoint(.openAI).provider.models(Array(body.utf8))
        #expect(models.map(\.id) == ["a"])
        #expect(models.first?.contextLength == 10)
        #expect(models.first?.longestAnswer == 5)
    }

    @Test(arguments: [
        (ProviderKind.anthropic, "claude-3-5-sonnet-20241022", ModelTraits.Thinking.none, false, 8192),
        (.anthropic, "claude-sonnet-4-20250514", .budget, false, 32_000),
        (.anthropic, "claude-sonnet-4-5-20250929", .budget, true, 64_000),
        (.anthropic, "claude-opus-4-6", .effort, true, 64_000), (.anthropic, "claude-next", .effort, true, 64_000),
        (.bedrock, "us.anthropic.claude-haiku-4-5-20251001-v1:0", .budget, true, 64_000),
        (.bedrock, "amazon.nova-pro-v1:0", .none, false, 4096), (.gemini, "gemini-2.5-flash", .budget, true, 65_536),
        (.gemini, "gemini-3-pro-preview", .effort, true, 65_536), (.gemini, "gemini-2.0-flash", .none, true, 8192),
    ])
    func namesTellTheTraits(
        kind: ProviderKind, model: String, thinking: ModelTraits.Thinking, schemas: Bool, longest: Int
    ) {
        let traits = ModelTraits(kind: kind, model: model)
        #expect(traits.thinking == thinking)
        #expect(traits.followsSchemas == schemas)
        #expect(traits.longestAnswer == longest)
    }

    @Test(arguments: ["o3-pro", "gpt-5-codex", "o1-pro-2025-03-19", "o4-mini-deep-research"])
    func someModelsAreAskedByResponsesOnly(model: String) {
        #expect(ModelTraits(kind: .openAI, model: model).usesResponses)
        #expect(!ModelTraits(kind: .openAI, model: "gpt-5").usesResponses)
    }
}
