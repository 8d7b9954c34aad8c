import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct ExecutionCompareTests {
    private let path = "\(OperatorExecutionPage.path)/"

    private func path(_ number: Int) -> String { "\(path)\(Samples.row(number).id.uuidString.lowercased())" }

    private func answered(_ story: inout Story, _ older: OperatorExecutionDetail, _ newer: OperatorExecutionDetail) {
        // The newest question is the one about the newer.
        story.answerDetail(newer)
        story.answerDetail(older)
    }

    private func compared(
        _ older: OperatorExecutionDetail, _ newer: OperatorExecutionDetail, _ size: Size = Size(columns: 120, rows: 60)
    ) -> Story {
        var story = Story.on(1, size)
        story.press(.character("d"), .character("j"), .character("d"))
        answered(&story, older, newer)
        return story
    }

    @Test func theOlderStandsFirstWhicheverWasChosenFirst() {
        for keys: [Key] in [[.character("j")], [.character("k")]] {
            var story = Story.on(3)
            story.press(.character("d"))
            for key in keys { story.press(key) }
            story.press(.character("d"))
            let other = keys == [.character("j")] ? 4 : 2
            #expect(story.ask(path(max(3, other))) != nil && story.ask(path(min(3, other))) != nil)
            let asked = story.asked.suffix(2).map(\.request.path)
            #expect(asked == [path(max(3, other)), path(min(3, other))])
        }
    }

    @Test func twoMarkedAreComparedAndThreeAreNot() {
        var story = Story.live()
        story.press(.character(" "), .character(" "), .character("d"))
        #expect(story.screen(CompareScreen.self) != nil)
        story.press(Key(.escape), .character(" "), .character("d"))
        #expect(story.screen(CompareScreen.self) == nil)
        #expect(story.shows("Two are compared, 3 are marked"))
    }

    @Test func theChoiceIsTakenBackByItsKeyOrEscape() {
        var story = Story.on(1)
        story.press(.character("d"))
        #expect(story.shows("d on another execution compares it with"))
        story.press(Key(.escape))
        #expect(!story.shows("d on another execution"))
        story.press(.character("d"), .character("d"))
        #expect(!story.shows("d on another execution"))
    }

    @Test func differencesHaveTheirSign() {
        let story = compared(
            Samples.full(Samples.row(2), response: "Same.\nRefunds take 30 days.\nGone."),
            Samples.full(Samples.row(1), response: "Same.\nRefunds take 60 days.\nNew, and nothing like it."))
        #expect(story.shows("-0.37"))
        #expect(story.shows("-733ms"))
        #expect(story.shows("7.0s later"))
        #expect(story.shows("~ Refunds take 30 days."))
        #expect(story.shows("- Gone."))
        #expect(story.shows("+ New, and nothing like it."))
    }

    @Test func onANarrowScreenTheLinesStandBelowEachOther() {
        let story = compared(
            Samples.full(Samples.row(2), response: "Refunds take 30 days."),
            Samples.full(Samples.row(1), response: "Refunds take 60 days."), Size(columns: 99, rows: 60))
        let lines = story.picture().text.map { String($0.dropFirst()) }
        #expect(lines.contains("- Refunds take 30 days."))
        #expect(lines.contains("+ Refunds take 60 days."))
    }

    @Test func onlyTheWordsThatDifferAreSetOff() throws {
        let story = compared(
            Samples.full(Samples.row(2), response: "Refunds take 30 days."),
            Samples.full(Samples.row(1), response: "Refunds take 60 days."))
        let frame = story.picture()
        let row = try #require(frame.text.firstIndex { $0.contains("~ Refunds") })
        let badges = frame[row: row].filter { $0.style.ground == .badge }.map(\.glyph.base)
        #expect(badges == "3060".unicodeScalars.map(\.value).filter { [0x33, 0x36, 0x30].contains($0) })
    }

    @Test func whatIsAlikeIsNamedAndFolded() {
        let same = Samples.full(Samples.row(2))
        var story = compared(same, Samples.full(Samples.row(1)))
        #expect(story.shows("Every text is alike"))
        #expect(story.shows("Alike in both"))
        #expect(!story.shows("the central claim is contradicted"))
        story.press(.character("f"))
        #expect(story.shows("the central claim is contradicted"))
    }

    @Test func whatIsHiddenIsSaidToBe() {
        let story = compared(
            Samples.full(Samples.row(2), hidden: true), Samples.full(Samples.row(1), hidden: true))
        #expect(story.shows("Hidden: your role does not see"))
    }

    @Test func fromAnOpenExecutionTheOneOfTheLineIsCompared() {
        var story = Story.open(Samples.full(Samples.row(0)))
        story.press(Key(.tab), Key(.tab), .character("d"))
        #expect(story.asked.suffix(2).map(\.request.path) == [path(9), path(0)])
    }

    @Test func withoutALineItIsWhatItWasRunAgainFrom() {
        var story = Story.open(Samples.full(Samples.row(0)))
        story.press(.character("d"))
        #expect(
            story.asked.suffix(2).map(\.request.path).first == "\(path)\(Samples.uuid(700).uuidString.lowercased())")
    }

    @Test func hugeTextsThatHaveLittleInCommonAreToldApartAsAWhole() {
        let old = (0..<20_000).map { "line \($0 * 7 % 997)" }.joined(separator: "\n")
        let new = (0..<20_000).map { "line \($0 * 11 % 997)" }.joined(separator: "\n")
        let story = compared(Samples.full(Samples.row(2), response: old), Samples.full(Samples.row(1), response: new))
        #expect(story.shows("Response +"))
        #expect(story.shows("f shows what is alike"))
    }

    @Test func bothAreOpenedFromIt() {
        var story = compared(Samples.full(Samples.row(2)), Samples.full(Samples.row(1)))
        story.press(.character("o"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(2).id)
        story.press(Key(.escape), .character("n"))
        #expect(story.screen(ExecutionScreen.self)?.id == Samples.row(1).id)
    }
}
