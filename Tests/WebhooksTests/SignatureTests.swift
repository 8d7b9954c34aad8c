import Testing

@testable import LLMProxy

/// The signature, against a value reckoned by other means.
@Suite struct SignatureTests {
    @Test func itIsThatOfTheStandard() throws {
        let signature = try #require(WebhookSignature(secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]))
        let header = signature.header(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", time: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!"])
    func whatIsNoSecretSignsNothing(text: String) {
        #expect(WebhookSignature(secrets: [text]) == nil)
    }
}
