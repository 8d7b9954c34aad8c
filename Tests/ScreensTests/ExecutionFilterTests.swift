import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Filters that keys make.
struct ExecutionFilterKeyTests {
    @Test func theExclamationMarkShowsOnlyWhatFailedAndAllAgain() {
        var story = Story.live()
        story.filter("tag:rag ok")
        story.press(.character("!"))
        #expect(story.list.filterText == "tag:rag failed")
        story.press(.character("!"))
        #expect(story.list.filterText == "tag:rag")
    }

    @Test func aTimeRangeTakesThePlaceOfTheOneBefore() {
        var story = Story.live()
        story.filter("failed since:3d")
        story.press(.character("t"), .character("2"))
        #expect(story.list.filterText == "failed since:1h")
        #expect(story.listAsk?.request.parameters.contains(.init("since", "2026-11-24T11:04:30.000000Z")) == true)
        story.press(.character("t"), .character("a"))
        #expect(story.list.filterText == "failed")
    }

    @Test(arguments: [
        (3, "s", "session:chat-1"), (4, "u", "user:user-4"), (3, "b", "model:mistral-small-latest"),
        (3, "i", "judge:0193a500-0000-7000-8000-000000000003"),
        (4, "i", "evaluator:0193a500-0000-7000-8000-000000000004"),
    ])
    func aKeyListsWhatHasThisInCommonAndEscapeComesBack(_ row: Int, _ key: String, _ filter: String) throws {
        var story = Story.on(row)
        story.press(.character(try #require(key.unicodeScalars.first)))
        #expect(story.list.filterText == filter)
        #expect(story.list.rows.isEmpty)
        story.answerList(Samples.page(row..<row + 1, next: nil))
        #expect(story.list.rows.count == 1)
        // The filter of such a list is what it is: Escape leaves it, and does not empty it first.
        story.press(Key(.escape))
        #expect(story.list.filterText.isEmpty)
        #expect(story.list.selected?.id == Samples.row(row).id)
    }

    @Test func aFilterWithinARelatedListIsTakenAwayStepByStep() {
        var story = Story.on(3)
        story.press(.character("s"))
        story.filter("session:chat-1 failed")
        story.press(Key(.escape))
        #expect(story.list.filterText.isEmpty)
        story.press(Key(.escape))
        #expect(story.list.selected?.id == Samples.row(3).id)
    }

    @Test func whatARowLacksIsNotOffered() {
        var story = Story.on(1)
        story.press(.character("s"))
        #expect(story.list.filterText.isEmpty)
        #expect(story.list.selected?.id == Samples.row(1).id)
    }

    @Test func aSpanIsCountedFromThePresentWhenItIsReadAnew() {
        var story = Story.live()
        story.filter("since:1h")
        story.answerList(Samples.page(0..<5, next: nil))
        story.press(.character("j"), .character(" "))
        story.pass(.seconds(60))
        story.press(.character("r"))
        #expect(story.list.marks.count == 1)
        #expect(story.listAsk?.request.parameters.contains(.init("since", "2026-11-24T11:05:30.000000Z")) == true)
    }
}

struct QueryTimeTests {
    private func read(_ text: String) throws -> (String?, String?) {
        let time = try QueryTime.read(text, at: Samples.now)
        return (ISO8601.string(time.start), ISO8601.string(time.end))
    }

    @Test func spansPointsAndDays() throws {
        #expect(try read("15m") == ("2026-11-24T11:49:30.000000Z", "2026-11-24T11:49:30.000000Z"))
        #expect(try read("1w").0 == "2026-11-17T12:04:30.000000Z")
        #expect(try read("today") == ("2026-11-24T00:00:00.000000Z", "2026-11-24T23:59:59.999999Z"))
        #expect(try read("Yesterday").0 == "2026-11-23T00:00:00.000000Z")
        #expect(try read("09:30").0 == "2026-11-24T09:30:00.000000Z")
        #expect(try read("2026-01-31") == ("2026-01-31T00:00:00.000000Z", "2026-01-31T23:59:59.999999Z"))
        #expect(try read("2026-01-31T12:30+02:00").0 == "2026-01-31T10:30:00.000000Z")
    }

    @Test(arguments: ["soon", "-1h", "0s", "1y", "25:00", "2026-13-01", "infh", "h"])
    func whatIsNoTimeIsSaidSo(_ text: String) {
        #expect(throws: Query.Problem.self) { try QueryTime.read(text, at: Samples.now) }
    }
}

/// What leaves the console.
struct ExecutionSheetTests {
    @Test func aSheetHasEveryColumnAndTheWholeRows() throws {
        let story = Story.live()
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(sheet.titles.contains("ID") && sheet.titles.contains("TAGS") && sheet.titles.contains("PROVIDER"))
        #expect(sheet.rows.count == 60)
        #expect(sheet.rows[0][0] == "2026-11-24 12:04:29.882 UTC")
        #expect(sheet.rows[5].contains("timed out"))
        #expect(sheet.json[5]?["failure"]?["code"]?.stringValue == "timeout")
    }

    @Test func anOpenExecutionIsWrittenWhole() throws {
        let detail = Samples.full(Samples.row(0))
        let story = Story.open(detail)
        let sheet = try #require(story.model.screen.sheet(story.model.scope))
        #expect(try JSONCodec.decode(OperatorExecutionDetail.self, from: JSONCodec.encode(sheet.json)) == detail)
        #expect(sheet.rows.contains(["tokens", "1,204 in, 87 out"]))
    }
}
