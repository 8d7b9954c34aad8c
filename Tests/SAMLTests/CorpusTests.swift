import SAML
import Testing

@Suite struct CorpusTests {
    @Test(arguments: BadMessage.all) func nobodyGetsIn(_ message: BadMessage) throws {
        let found = try refusal(message.form())
        #expect(found?.reason == message.reason, "\(String(describing: found))")
    }

    @Test func everyMessageIsThereOnce() {
        #expect(Set(BadMessage.all.map(\.name)).count == BadMessage.all.count)
        #expect(BadMessage.all.count > 100)
    }
}
