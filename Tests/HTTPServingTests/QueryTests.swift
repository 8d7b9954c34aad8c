import FoundationEssentials
import HTTPServing
import Testing

@Suite struct QueryTests {
    @Test func namesAndValuesAreDecodedAndEmptyOnesAreOpen() {
        let query = QueryParameters("name=Faithfulness+to%20Citations&x%5B%5D=1&empty=&flag&a=b=c&bad=%zz%f")
        #expect(query["name"] == "Faithfulness to Citations")
        #expect(query["x[]"] == "1")
        #expect(query["empty"] == nil)
        #expect(query["flag"] == nil)
        #expect(query["a"] == "b=c")
        #expect(query["bad"] == "%zz%f")
    }

    @Test func arraysAreJoinedWithCommasOrRepeated() {
        #expect(QueryParameters("tags=a%2Cb,c&tags=d&other=e").list("tags") == ["a", "b", "c", "d"])
    }

    @Test(arguments: [("true", true), ("True", true), ("1", true), ("false", false), ("False", false), ("0", false)])
    func booleansComeInManySpellings(text: String, expected: Bool) throws {
        #expect(try QueryParameters("f=\(text)").bool("f") == expected)
    }

    @Test func whatIsNoBooleanIsRefusedWithTheField() {
        let problem = #expect(throws: APIProblem.self) { try QueryParameters("f=perhaps").bool("f") }
        #expect(problem?.status == 400)
        #expect(problem?.fields.keys.map { $0 } == ["f"])
    }

    @Test(arguments: [
        ("250", 100), ("-3", 1), ("7", 7), ("99999999999999999999999", 100), ("-99999999999999999999", 1),
    ])
    func numbersAreMovedIntoTheirRange(text: String, expected: Int) throws {
        #expect(try QueryParameters("n=\(text)").int("n", clampedTo: 1...100) == expected)
    }

    @Test(arguments: ["x", "1.5", "0x10", "-"])
    func whatIsNoNumberIsRefused(text: String) {
        #expect(throws: APIProblem.self) { try QueryParameters("n=\(text)").int("n", clampedTo: 1...100) }
    }

    @Test(arguments: [
        "2026-01-02T03:04:05.500000%2B0000", "2026-01-02T03:04:05.500000+0000", "2026-01-02T03:04:05.5Z",
        "2026-01-02T03:04:05.5", "2026-01-02T05:04:05.5%2B02:00", "2026-01-02T05:04:05.5+02:00",
        "2026-01-02%2003:04:05.500",
    ])
    func momentsComeInManySpellings(text: String) throws {
        #expect(try QueryParameters("t=\(text)").date("t") == Date(timeIntervalSince1970: 1_767_323_045.5))
    }

    @Test func aDateAloneIsItsBeginning() throws {
        #expect(try QueryParameters("t=2026-01-02").date("t") == Date(timeIntervalSince1970: 1_767_312_000))
        #expect(throws: APIProblem.self) { try QueryParameters("t=yesterday").date("t") }
    }

    private enum Colour: String, CaseIterable { case red, green }

    @Test func choicesNameWhatIsAllowed() throws {
        #expect(try QueryParameters("c=red").choice("c", of: Colour.self) == .red)
        let problem = #expect(throws: APIProblem.self) { try QueryParameters("c=blue").choice("c", of: Colour.self) }
        #expect(problem?.detail.contains("red, green") == true)
    }
}
