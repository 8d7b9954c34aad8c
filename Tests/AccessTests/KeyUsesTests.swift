import FoundationEssentials
import Stores
import Tenancy
import Testing

@testable import Access

@Suite struct KeyUsesTests {
    @Test func theLastUseOfAKeyIsTakenOnce() {
        let key = IdentifierSource { Date() }.next(APIKey.self)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let uses = KeyUses()
        uses.note(key, KeyUse(at: start, from: "192.0.2.1"))
        let last = KeyUse(at: start.addingTimeInterval(1), from: "192.0.2.2")
        uses.note(key, last)
        #expect(uses.take() == [key: last])
        #expect(uses.take().isEmpty)
    }
}
