import ChatModel
import Cryptography
import FoundationEssentials
import HTTPMessages
import JSON
import Providers
import Testing

/// Credentials that are exchanged for tokens, and lists of models.
@Suite struct TokenTests {
    /// The key of RFC 7515, appendix A.2, whose key everybody knows.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO
        jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL
        aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn
        juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5
        ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf
        toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg
        VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW
        PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G
        O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj
        kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6
        XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB
        4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K
        pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr
        0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE
        lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6
        kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP
        rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw
        kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp
        5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2
        9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/
        evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG
        yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj
        OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2
        tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3
        ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56
        03k2+ZQwVK0JKSHuLFkuQ3U=
        -----END PRIVATE KEY-----
        """

    private func account(_ changes: (inout JSONObject) -> Void = { _ in }) throws -> ServiceAccount {
        var file: JSONObject = [
            "type": "service_account", "project_id": "p", "private_key_id": "k1", "private_key": .string(Self.pem),
            "client_email": "a@p.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
        ]
        changes(&file)
        return try ServiceAccount(json: JSONWriter.bytes(of: .object(file)))
    }

    @Test func aServiceAccountAsksWithASignedClaim() throws {
        let account = try account()
        #expect(account.project == "p")
        let call = try account.tokenRequest(now: Wire.now)
        #expect(call.url == "https://oauth2.googleapis.com/token")
        #expect(call.headers["content-type"] == "application/x-www-form-urlencoded")
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
        let signed = try SigningKey(pem: Self.pem).signature(of: Array("\(parts[0]).\(parts[1])".utf8))
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
