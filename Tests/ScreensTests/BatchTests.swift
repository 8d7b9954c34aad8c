import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

struct BatchTests {
    private let path = "\(OperatorBatch.path)/\(Samples.uuid(0x6000).uuidString.lowercased())"

    private func agree(_ story: inout Story, _ text: String) {
        story.pass(.seconds(1))
        story.type(text)
        story.press(Key(.enter))
    }

    @Test func theCountersAddUp() {
        let story = Story.batches(Size(columns: 120, rows: 40))
        #expect(story.shows("100,000 = 20,000 waiting + 79,000 done + 900 given up + 100 cancelled"))
        #expect(story.shows("80%"))
        #expect(story.shows("~22m10s"))
    }

    @Test func anOpenOneTellsProgressCostAndCauses() {
        let story = Story.batch(Size(columns: 120, rows: 40))
        for text in [
            "Ends in about 22m10s.", "Cost so far $32.39 of about $43.00.", "rate limited", "188",
            "40 of those that wait",
        ] { #expect(story.shows(text), "\(text)") }
    }

    @Test func itsCountersLeadToTheirJobs() {
        var story = Story.batch()
        story.press(Key(.tab), Key(.tab), Key(.tab), Key(.enter))
        let parameters = story.ask(OperatorJobCounts.path)?.request.parameters ?? []
        #expect(parameters.contains(OperatorParameter("state", "dead")))
        #expect(parameters.contains(OperatorParameter("batch_id", Samples.uuid(0x6000).uuidString.lowercased())))
    }

    @Test func cancellingWantsTheNumberOfJobsThatHaveNotEnded() {
        var story = Story.batches()
        story.press(.character("K"))
        #expect(story.shows("20,000 of 100,000 jobs have not ended"))
        agree(&story, "900")
        #expect(story.ask(path) == nil)
        story.press(.control("u"))
        agree(&story, "20000")
        #expect(story.ask("\(path)/cancel")?.request.method == "POST")
        story.answer("\(path)/cancel", Samples.batch(0, state: .cancelling))
        #expect(story.shows("The batch is being cancelled"))
    }

    @Test func retryingWantsTheNumberOfThoseThatFailed() {
        var story = Story.batch()
        story.press(.character("R"))
        agree(&story, "900")
        #expect(story.ask("\(path)/retry") != nil)
    }

    @Test func itsScoresAreTheExecutionsOfTheBatch() {
        var story = Story.batch()
        story.press(.character("i"))
        #expect(story.ask("/internal/executions")?.request.parameters.contains { $0.name == "batch_id" } == true)
    }

    @Test func aNewOneBeginsAtTheDatasets() {
        var story = Story.batches()
        story.press(.character("N"))
        #expect(story.screen(DatasetsScreen.self) != nil && story.shows("B executes evaluators or a judge"))
    }

    @Test func whatHasEndedIsNotCancelled() {
        var story = Story.batches()
        story.press(.character("j"), .character("K"), .character("R"))
        #expect(story.asked.isEmpty)
        #expect(!story.shows("Cancel"))
    }

    @Test func theExclamationMarkShowsWhatHasNotEnded() {
        var story = Story.batches()
        story.press(.character("!"))
        let states = (story.ask(OperatorBatch.path)?.request.parameters ?? []).filter { $0.name == "state" }.map(
            \.value)
        #expect(states == ["expanding", "open", "cancelling"])
    }

    @Test func itIsReadAnewWhileItIsNotOverAndTheCursorStays() {
        var story = Story.batches()
        story.press(.character("j"))
        story.pass(.seconds(3))
        story.answer(OperatorBatch.path, Samples.batches)
        #expect(story.screen(BatchesScreen.self)?.list.selected?.id == Samples.uuid(0x6001))
    }
}
