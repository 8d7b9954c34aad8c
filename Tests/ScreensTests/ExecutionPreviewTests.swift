import FoundationEssentials
import Screens
import Terminal
import Testing
import WireAPI

struct ExecutionPreviewTests {
    private let path = "\(OperatorExecutionPage.path)/"

    private func asked(_ story: Story) -> [Ask] { story.asked.filter { $0.request.path.hasPrefix(path) } }

    @Test func runningOverRowsAsksOneQuestionAtATime() {
        var story = Story.on(9)
        #expect(asked(story).map(\.request.path) == ["\(path)\(Samples.row(1).id.uuidString.lowercased())"])
        #expect(asked(story)[0].delay > .zero)
        // Its answer comes too late to be shown: the row that is under the cursor by now is asked for.
        story.answerDetail(Samples.full(Samples.row(1)))
        #expect(asked(story).map(\.request.path) == ["\(path)\(Samples.row(9).id.uuidString.lowercased())"])
        story.answerDetail(Samples.full(Samples.row(9)))
        #expect(asked(story).isEmpty)
        #expect(story.shows("What is the refund window"))
    }

    @Test func aTailThatRunsIsNotReadButAQuietOneIs() {
        var story = Story.live()
        story.arrive(Samples.row(-1, at: Samples.now))
        story.hear(.serverTime(Samples.now.addingTimeInterval(0.5)))
        #expect(asked(story).isEmpty)
        story.hear(.serverTime(Samples.now.addingTimeInterval(3)))
        #expect(asked(story).count == 1)
    }

    @Test func nothingIsReadWhereNothingIsShown() {
        var story = Story.on(3, Size(columns: 80, rows: 20))
        #expect(asked(story).isEmpty)
        story = Story.live()
        story.press(.character("p"), .character("j"))
        #expect(asked(story).isEmpty)
        story.press(.character("p"))
        #expect(asked(story).count == 1)
    }

    @Test func aFailureIsShownAndNotAskedForAgainAndAgain() {
        var story = Story.on(3)
        story.fail(path, ServerFailure(.notFound, "it is gone"))
        #expect(story.shows("it is gone") || !asked(story).isEmpty)
        story.fail(path, ServerFailure(.notFound, "it is gone"))
        #expect(story.shows("it is gone"))
        #expect(asked(story).isEmpty)
    }

    @Test(arguments: [(80, 24, true), (80, 23, false), (150, 20, true), (149, 20, false), (40, 60, true)])
    func itIsBelowTallListsAndBesideWideOnes(_ columns: Int, _ rows: Int, _ isShown: Bool) {
        var story = Story.on(1, Size(columns: columns, rows: rows))
        story.answerDetail(Samples.full(Samples.row(1)))
        #expect(story.shows("What is the refund") == isShown)
    }
}
