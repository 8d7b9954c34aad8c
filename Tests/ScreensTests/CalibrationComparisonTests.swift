import Screens
import Terminal
import Testing
import WireAPI

/// The runs of a group beside each other: what is seen of them, and what is told while something is missing.
struct CalibrationComparisonTests {
    /// The group is read, its differences are not yet.
    private func undetermined() -> Story {
        var story = Story.calibrations()
        story.press(.character("c"))
        story.answer(OperatorCalibration.path, Samples.calibrationGroup)
        return story
    }

    @Test func theFiguresStayInViewWhileAnotherBaselineIsComputed() {
        var story = Story.comparison()
        story.press(.character("G"), .character("b"))
        #expect(story.shows("Bias") && story.shows("F1"))
        #expect(!story.shows("of 14"))
        story.press(.character("k"))
        #expect(story.shows("Bias"))
    }

    @Test func whyThereAreNoDifferencesIsExplained() {
        var story = undetermined()
        story.press(.character("e"))
        #expect(story.shows("They are being computed."))
        story.press(Key(.escape))
        story.fail(OperatorCalibrationComparison.path, ServerFailure(.rejected, "not for you"))
        story.press(.character("e"))
        #expect(story.shows("They were not read: not for you"))
    }

    @Test func differencesArePointedAtOnlyWhenThereAreSome() {
        var story = Story.calibrations()
        story.press(.character("c"))
        story.answer(
            OperatorCalibration.path, OperatorCalibrationPage(results: [Samples.calibration()], next: nil))
        #expect(story.shows("* is the best of a row") && !story.shows("What differs"))
        #expect(Story.comparison().shows("What differs is told below"))
    }

    @Test func runsThatThereIsNoRoomForAreToldOf() {
        #expect(Story.comparison().shows("3 of 4 runs, the oldest first"))
        #expect(Story.comparison(Size(columns: 120, rows: 40)).shows("4 runs, the oldest first"))
        #expect(!Story.comparison(Size(columns: 120, rows: 40)).shows("of 4 runs"))
    }

    @Test func thePlotThatDoesNotScrollTellsNoLines() {
        var story = Story.calibration()
        #expect(story.shows("1-20 of 21"))
        story.press(Key(.tab))
        #expect(!story.shows("1-20 of 21"))
    }
}
