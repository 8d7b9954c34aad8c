import FoundationEssentials
import Records
import Scoring
import Tenancy
import Testing

@Suite struct UUIDv7Tests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000.123456)

    @Test func versionAndVariantAreRight() {
        var generator = UUIDv7Generator()
        var random = SystemRandomNumberGenerator()
        let id = generator.next(at: now, using: &random).uuid
        #expect(id.6 >> 4 == 7)
        #expect(id.8 >> 6 == 0b10)
    }

    @Test func identifiersIncreaseWhateverTheClockDoes() {
        var generator = UUIDv7Generator()
        var random = SystemRandomNumberGenerator()
        var last = generator.next(at: now, using: &random)
        for step in 0..<20_000 {
            let moment = now.addingTimeInterval(step % 3 == 0 ? -3600 : Double(step) / 1e6)
            let next = generator.next(at: moment, using: &random)
            #expect(last < next)
            last = next
        }
    }

    @Test func theTimeIsInsideToTheMicrosecond() throws {
        var generator = UUIDv7Generator()
        var random = SystemRandomNumberGenerator()
        let date = try #require(generator.next(at: now, using: &random).versionSevenDate)
        #expect(abs(date.timeIntervalSince(now)) < 2e-6)
        #expect(UUID(uuidString: "901794f9-634c-4852-9e41-7c558f1ff1ab")?.versionSevenDate == nil)
    }

    @Test func theDateHandedOutWithAnIdentifierIsTheOneInside() {
        let source = IdentifierSource { now }
        let (id, date) = source.nextDated(Evaluator.self)
        #expect(id.uuid.versionSevenDate == date)
        #expect(id < source.next())
    }

    @Test func identifiersAreWrittenInLowerCase() {
        let text = "901794f9-634c-4852-9e41-7c558f1ff1ab"
        #expect(EvaluatorID(text)?.description == text)
        #expect(EvaluatorID(text.uppercased())?.description == text)
        #expect(EvaluatorID("nonexistent-evaluator-id") == nil)
    }
}

@Suite struct PreviewTests {
    @Test func aShortTextIsItsOwnPreview() {
        #expect(Preview.of("short") == "short")
        #expect(Preview.of(nil) == "")
        let exact = String(repeating: "ä", count: 500)
        #expect(Preview.of(exact) == exact)
    }

    @Test func aLongTextIsCutBetweenCharacters() {
        let family = "👨‍👩‍👧‍👦"  // seven scalars, one character
        let preview = Preview.of(String(repeating: "a", count: 497) + family + "b")
        #expect(preview == String(repeating: "a", count: 497))
        #expect(Preview.of(String(repeating: family, count: 100)).unicodeScalars.count == 497)
        #expect(Preview.of(String(repeating: "a", count: 501)).count == 500)
        let accented = String(repeating: "a", count: 500) + "\u{301}"
        #expect(Preview.of(accented) == String(repeating: "a", count: 499), "no accent is torn off")
        #expect(Preview.of(String(repeating: "a", count: 499) + "\r\nb") == String(repeating: "a", count: 499))
    }
}
