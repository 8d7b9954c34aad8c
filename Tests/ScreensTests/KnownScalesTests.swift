import Screens
import Terminal
import Testing
import WireAPI

/// Choosing the scale on which something is labelled, while the scales are read and when they are old.
struct KnownScalesTests {
    private let menu = "Label on which scale"

    @Test func oldScalesAreReadAnewWhileTheKnownOnesAreShown() {
        var story = Story.on(3)
        story.press(.character("L"))
        story.answer(OperatorScale.path, Samples.scales)
        story.press(Key(.escape))
        story.pass(.seconds(30))
        story.press(.character("L"), Key(.escape))
        #expect(story.ask(OperatorScale.path) == nil)
        story.pass(.seconds(31))
        story.press(.character("L"))
        #expect(story.shows(menu) && story.ask(OperatorScale.path) != nil)
        story.press(Key(.escape))
        story.answer(OperatorScale.path, OperatorScales(results: [Samples.thumbs]))
        #expect(!story.shows(menu))
        story.press(.character("L"))
        #expect(story.shows("Thumbs") && !story.shows("Grades"))
    }

    @Test func theMenuDoesNotComeOverAQuestionThatWasOpenedMeanwhile() throws {
        var story = Story.on(3)
        story.press(.character("L"), .character("T"))
        story.answer(OperatorScale.path, Samples.scales)
        #expect(!story.shows(menu) && story.shows("Tag "))
    }

    @Test func theMenuDoesNotComeOverAnotherScreen() {
        var story = Story.on(3)
        story.press(.character("L"), Key(.enter))
        story.answer(OperatorScale.path, Samples.scales)
        #expect(story.screen(ExecutionScreen.self) != nil && !story.shows(menu))
    }

    @Test func whoHasNoScalesIsToldHowToMakeOne() {
        var story = Story.on(3)
        story.press(.character("L"))
        story.answer(OperatorScale.path, OperatorScales(results: []))
        #expect(!story.shows(menu) && story.shows("There are no scales yet: POST /v1/score-configs/"))
    }
}
